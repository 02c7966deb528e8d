// SPDX-License-Identifier: Apache-2.0
#include "base/crypto.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <sodium.h>

namespace parallax {
namespace {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, KeyFree>;

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioFree>;

const unsigned char* octets_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* octets_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

// Once per process, before any key is used.
void prepare_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) std::abort();
}

class SystemRandom final : public Random {
 public:
  [[nodiscard]] std::string octets(std::size_t count) override {
    // The kernel's generator: a nonce's worth costs a tenth of what OpenSSL's takes.
    std::string out(count, '\0');
    for (std::size_t filled = 0; filled < count;) {
      const ssize_t got = getrandom(out.data() + filled, count - filled, 0);
      if (got < 0 && errno != EINTR) std::abort();
      if (got > 0) filled += static_cast<std::size_t>(got);
    }
    return out;
  }
};

// Looked up once: for a short text the search through OpenSSL's providers takes longer than the
// hash.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (algorithm == nullptr) std::abort();
  return algorithm;
}

}  // namespace

std::string sha256(std::string_view octets) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  if (EVP_Digest(octets.data(), octets.size(), octets_of(digest), nullptr, sha256_algorithm(),
                 nullptr) != 1)
    std::abort();
  return digest;
}

Random& system_random() {
  static SystemRandom random;
  return random;
}

struct SigningKey::Impl {
  KeyPtr key;  // for to_pem
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  ~Impl() { sodium_memzero(secret.data(), secret.size()); }
};

VerifyingKey::VerifyingKey(std::string raw) : raw_(std::move(raw)) {}

Result<VerifyingKey> VerifyingKey::from_raw(std::string_view raw) {
  if (raw.size() != kEd25519PublicKeySize)
    return fail(ErrorCode::malformed, "an Ed25519 public key has 32 octets");
  prepare_sodium();
  return VerifyingKey(std::string(raw));
}

// libsodium also refuses points of small order and values that are not reduced.
bool VerifyingKey::verify(std::string_view message, std::string_view signature) const {
  return signature.size() == kEd25519SignatureSize &&
         crypto_sign_verify_detached(octets_of(signature), octets_of(message), message.size(),
                                     octets_of(raw_)) == 0;
}

SigningKey::SigningKey(std::shared_ptr<const Impl> impl, VerifyingKey verifying_key)
    : impl_(std::move(impl)), public_(std::move(verifying_key)) {}

SigningKey SigningKey::generate() {
  KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) std::abort();
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                            nullptr) != 1)
    std::abort();
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  auto made = from_pem(std::string_view(text, static_cast<std::size_t>(size)));
  if (!made) std::abort();
  return *made;
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return fail(ErrorCode::internal, "no memory for a key");
  // An empty password callback answer: an encrypted key fails instead of asking a terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!key) return fail(ErrorCode::malformed, "not a private key in PEM (PKCS#8, unencrypted)");
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
    return fail(ErrorCode::unsupported, "the private key is not an Ed25519 key");
  prepare_sodium();
  const auto impl = std::make_shared<Impl>();
  std::array<unsigned char, crypto_sign_SEEDBYTES> seed{};
  std::array<unsigned char, kEd25519PublicKeySize> raw{};
  std::size_t size = seed.size();
  if (EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &size) != 1)
    return fail(ErrorCode::internal, "OpenSSL gave no private key");
  crypto_sign_seed_keypair(raw.data(), impl->secret.data(), seed.data());
  sodium_memzero(seed.data(), seed.size());
  impl->key = std::move(key);
  auto verifying = VerifyingKey::from_raw({reinterpret_cast<const char*>(raw.data()), raw.size()});
  if (!verifying) return fail(verifying.error());
  return SigningKey(impl, std::move(*verifying));
}

std::string SigningKey::to_pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), impl_->key.get(), nullptr, nullptr, 0,
                                            nullptr, nullptr) != 1)
    std::abort();
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string SigningKey::sign(std::string_view message) const {
  std::string signature(kEd25519SignatureSize, '\0');
  crypto_sign_detached(octets_of(signature), nullptr, octets_of(message), message.size(),
                       impl_->secret.data());
  return signature;
}

}  // namespace parallax
