// SPDX-License-Identifier: Apache-2.0
#include "permit/requested_names.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/encoding.h"
#include "permit/signing_input.h"

namespace parallax::permit {
namespace {

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
struct FreeConstraints {
  void operator()(NAME_CONSTRAINTS* constraints) const { NAME_CONSTRAINTS_free(constraints); }
};

// What OpenSSL notes on the way is nothing that its next caller in this thread should find.
struct ErrorQueue {
  ErrorQueue() = default;
  ~ErrorQueue() { ERR_clear_error(); }
  ErrorQueue(const ErrorQueue&) = delete;
  ErrorQueue& operator=(const ErrorQueue&) = delete;
};

std::string octets_of(const ASN1_STRING* text) {
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  return {data, static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// Collects names and remembers the first that cannot be one.
class Collector {
 public:
  explicit Collector(std::string_view certificate_type) : tls_(certificate_type == kTls) {}

  void add_domain(const std::string& text) {
    if (text.starts_with("*.")) return add(names::WildcardName::parse(text), text);
    add(names::DomainName::parse(text), text);
  }
  void add_mailbox(const std::string& text) { add(names::MailboxAddress::parse(text), text); }
  void add_address(const std::string& octets) {
    namespace ip = boost::asio::ip;
    ip::address_v4::bytes_type four{};
    ip::address_v6::bytes_type sixteen{};
    if (octets.size() == four.size()) {
      std::copy(octets.begin(), octets.end(), four.begin());
      set_.insert(names::IpAddress(ip::address_v4(four)).text());
    } else if (octets.size() == sixteen.size()) {
      std::copy(octets.begin(), octets.end(), sixteen.begin());
      set_.insert(names::IpAddress(ip::address_v6(sixteen)).text());
    } else {
      refuse("an iPAddress does not have 4 or 16 octets");
    }
  }
  // A commonName is a name wherever a relying party might take it for one.
  void add_common_name(const std::string& text) {
    if (text.find('@') != std::string::npos && names::MailboxAddress::parse(text))
      return add_mailbox(text);
    if (!tls_) return;
    if (const auto address = names::IpAddress::parse(text)) {
      set_.insert(address->text());
      return;
    }
    add_domain(text);
  }
  void refuse(std::string message) {
    if (!error_) error_ = Error{ErrorCode::forbidden, std::move(message), {}};
  }

  [[nodiscard]] Result<NameSet> finish() && {
    if (error_) return fail(std::move(*error_));
    if (set_.empty()) return fail(ErrorCode::malformed, "there is no name in it");
    return std::move(set_);
  }

 private:
  template <class Name>
  void add(const Result<Name>& name, const std::string& text) {
    if (!name)
      return refuse(fmt::format("\"{}\" is no name: {}", printable(text), name.error().message));
    set_.insert(name->text());
  }

  NameSet set_;
  std::optional<Error> error_;
  bool tls_;
};

// RFC 9598 s3: the value of an otherName that is an SmtpUTF8Mailbox; nullopt for other kinds.
std::optional<std::string> smtp_utf8_mailbox(const OTHERNAME* other) {
  if (OBJ_obj2nid(other->type_id) != NID_id_on_SmtpUTF8Mailbox) return std::nullopt;
  if (other->value->type != V_ASN1_UTF8STRING) return std::string();
  return octets_of(other->value->value.utf8string);
}

void collect(const GENERAL_NAME* name, Collector& collector) {
  switch (name->type) {
    case GEN_DNS: return collector.add_domain(octets_of(name->d.dNSName));
    case GEN_EMAIL: return collector.add_mailbox(octets_of(name->d.rfc822Name));
    case GEN_IPADD: return collector.add_address(octets_of(name->d.iPAddress));
    case GEN_OTHERNAME:
      if (const auto mailbox = smtp_utf8_mailbox(name->d.otherName))
        collector.add_mailbox(*mailbox);
      return;
    case GEN_DIRNAME: return;
    default:
      return collector.refuse("the subjectAltName holds a kind of name that no permit covers");
  }
}

// RFC 5280 s4.2.1.10: hosts and domains may begin with a dot, and mailboxes be whole.
void collect_subtree(const GENERAL_NAME* base, Collector& collector) {
  if (base->type != GEN_DNS && base->type != GEN_EMAIL)
    return base->type == GEN_DIRNAME
               ? void()
               : collector.refuse("a name constraint is of a kind that no permit covers");
  std::string text = octets_of(base->d.ia5);
  if (text.find('@') != std::string::npos) return collector.add_mailbox(text);
  if (text.starts_with('.')) text.erase(0, 1);
  collector.add_domain(text);
}

void collect_subject(const X509_NAME* subject, Collector& collector) {
  for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(subject, i);
    const int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (kind != NID_commonName && kind != NID_pkcs9_emailAddress) continue;
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    if (size < 0) return collector.refuse("the subject holds a text that cannot be read");
    const std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    if (kind == NID_commonName)
      collector.add_common_name(text);
    else
      collector.add_mailbox(text);
  }
}

// The extension's value, or null; one that stands twice or cannot be read is refused.
template <class Type, class Free>
std::unique_ptr<Type, Free> extension(const STACK_OF(X509_EXTENSION) * all, int kind,
                                      Collector& collector) {
  constexpr int kAbsent = -1;
  int found = 0;
  std::unique_ptr<Type, Free> value(static_cast<Type*>(X509V3_get_d2i(all, kind, &found, nullptr)));
  if (!value && found != kAbsent)
    collector.refuse(
        fmt::format("the extension {} stands twice or cannot be read", OBJ_nid2sn(kind)));
  return value;
}

}  // namespace

Result<NameSet> requested_names(std::string_view octets, std::string_view certificate_type) {
  if (octets.size() > kRequestSizeMax)
    return fail(ErrorCode::malformed, "what is to be signed is larger than 1 MiB");
  const ErrorQueue leaves_nothing;
  const auto input = SigningInput::read(octets);
  if (!input) return fail(input.error());
  Collector collector(certificate_type);
  collect_subject(input->subject(), collector);
  const auto names =
      extension<GENERAL_NAMES, FreeNames>(input->extensions(), NID_subject_alt_name, collector);
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i)
    collect(sk_GENERAL_NAME_value(names.get(), i), collector);
  const auto constraints = extension<NAME_CONSTRAINTS, FreeConstraints>(
      input->extensions(), NID_name_constraints, collector);
  const auto* permitted = constraints ? constraints->permittedSubtrees : nullptr;
  for (int i = 0; permitted != nullptr && i < sk_GENERAL_SUBTREE_num(permitted); ++i)
    collect_subtree(sk_GENERAL_SUBTREE_value(permitted, i)->base, collector);
  return std::move(collector).finish();
}

}  // namespace parallax::permit
