// SPDX-License-Identifier: Apache-2.0
#include "dns/trust_anchors.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "base/encoding.h"
#include "dns/ldns_ptr.h"

namespace parallax::dns {
namespace {

struct IanaAnchor {
  std::uint16_t key_tag;
  std::string_view sha256;  // hex, of the DNSKEY (RFC 4509)
};

// https://data.iana.org/root-anchors/root-anchors.xml; algorithm 8, digest type 2.
constexpr IanaAnchor kKsk2017{20326,
                              "e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d"};
constexpr IanaAnchor kKsk2024{38696,
                              "683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16"};
constexpr std::array kIanaAnchors{kKsk2017, kKsk2024};
constexpr std::uint8_t kRsaSha256 = 8;
constexpr std::uint8_t kDigestSha256 = 2;
constexpr std::uint16_t kKeySigningKeyFlags = 257;  // zone key and SEP; not revoked (RFC 5011)
constexpr std::size_t kDsFields = 4;
constexpr std::size_t kDnskeyFields = 4;

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::configuration, std::move(message));
}

std::string hex_of(const ldns_rdf* rdf) {
  return hex_encode({reinterpret_cast<const char*>(ldns_rdf_data(rdf)), ldns_rdf_size(rdf)});
}

bool is_iana_ds(const ldns_rr* ds, const IanaAnchor& anchor) {
  return ldns_rr_rd_count(ds) == kDsFields &&
         ldns_rdf2native_int16(ldns_rr_rdf(ds, 0)) == anchor.key_tag &&
         ldns_rdf2native_int8(ldns_rr_rdf(ds, 1)) == kRsaSha256 &&
         ldns_rdf2native_int8(ldns_rr_rdf(ds, 2)) == kDigestSha256 &&
         hex_of(ldns_rr_rdf(ds, 3)) == anchor.sha256;
}

// The IANA anchor that this record is, or null.
const IanaAnchor* iana_anchor(const ldns_rr* rr) {
  LdnsPtr<ldns_rr> derived;
  const ldns_rr* ds = rr;
  if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY) {
    if (ldns_rdf2native_int16(ldns_rr_rdf(rr, 0)) != kKeySigningKeyFlags) {
      return nullptr;
    }
    derived.reset(ldns_key_rr2ds(rr, LDNS_SHA256));
    ds = derived.get();
  }
  if (ds == nullptr) {
    return nullptr;
  }
  const auto* found = std::find_if(kIanaAnchors.begin(), kIanaAnchors.end(),
                                   [&](const IanaAnchor& a) { return is_iana_ds(ds, a); });
  return found == kIanaAnchors.end() ? nullptr : found;
}

std::uint16_t key_tag_of(const ldns_rr* rr) {
  return ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY ? ldns_calc_keytag(rr)
                                                     : ldns_rdf2native_int16(ldns_rr_rdf(rr, 0));
}

Status add(const ldns_rr* rr, AnchorPolicy policy, TrustAnchors& anchors) {
  const ldns_rr_type type = ldns_rr_get_type(rr);
  const bool is_anchor = (type == LDNS_RR_TYPE_DS && ldns_rr_rd_count(rr) == kDsFields) ||
                         (type == LDNS_RR_TYPE_DNSKEY && ldns_rr_rd_count(rr) == kDnskeyFields);
  if (!is_anchor || ldns_name_text(ldns_rr_owner(rr)) != "." ||
      ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN) {
    return refuse("the trust anchors may hold DS and DNSKEY records of the root only");
  }
  if (anchors.records.size() == kTrustAnchorsMax) {
    return refuse(fmt::format("more than {} trust anchors", kTrustAnchorsMax));
  }
  const std::uint16_t key_tag = key_tag_of(rr);
  if (policy == AnchorPolicy::iana && iana_anchor(rr) == nullptr) {
    return refuse(
        fmt::format("trust anchor {} is not one of IANA's (key tags {} and {}); others need a lab",
                    key_tag, kKsk2017.key_tag, kKsk2024.key_tag));
  }
  char* line = ldns_rr2str(rr);
  if (line == nullptr) {
    return fail(ErrorCode::internal, "a trust anchor cannot be written as text");
  }
  std::string record(line);
  std::free(line);
  while (!record.empty() && record.back() == '\n') {
    record.pop_back();
  }
  anchors.records.push_back(std::move(record));
  anchors.key_tags.push_back(key_tag);
  return {};
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Result<TrustAnchors> parse_trust_anchors(const std::string& text, AnchorPolicy policy) {
  TrustAnchors anchors;
  if (text.empty()) {
    return refuse("the trust anchors are empty");
  }
  std::string copy = text;  // fmemopen takes a writable buffer even to read
  const std::unique_ptr<std::FILE, CloseFile> file(fmemopen(copy.data(), copy.size(), "r"));
  if (!file) {
    return fail(ErrorCode::internal, "no memory stream for the trust anchors");
  }
  std::uint32_t ttl_s = 0;
  ldns_rdf* origin = nullptr;
  ldns_rdf* previous = nullptr;
  int line = 0;
  Status outcome;
  while (outcome && std::feof(file.get()) == 0) {
    ldns_rr* parsed = nullptr;
    const ldns_status status =
        ldns_rr_new_frm_fp_l(&parsed, file.get(), &ttl_s, &origin, &previous, &line);
    const LdnsPtr<ldns_rr> rr(parsed);
    if (status == LDNS_STATUS_OK) {
      outcome = add(rr.get(), policy, anchors);
    } else if (status != LDNS_STATUS_SYNTAX_EMPTY && status != LDNS_STATUS_SYNTAX_TTL &&
               status != LDNS_STATUS_SYNTAX_ORIGIN) {
      outcome = refuse(fmt::format("line {} of the trust anchors is no record: {}", line,
                                   ldns_get_errorstr_by_id(status)));
    }
  }
  ldns_rdf_deep_free(origin);
  ldns_rdf_deep_free(previous);
  if (!outcome) {
    return fail(std::move(outcome.error()));
  }
  if (anchors.records.empty()) {
    return refuse("the trust anchors hold no record");
  }
  if (policy == AnchorPolicy::iana && std::find(anchors.key_tags.begin(), anchors.key_tags.end(),
                                                kKsk2024.key_tag) == anchors.key_tags.end()) {
    return refuse("KSK-2024 (key tag 38696) is missing from the trust anchors; it signs the root");
  }
  return anchors;
}

Result<TrustAnchors> read_trust_anchors(const std::string& path, AnchorPolicy policy) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail(Error{ErrorCode::configuration, "the trust anchor file cannot be read", {}}.with(
        "file", path));
  }
  std::string text(kTrustAnchorFileSizeMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kTrustAnchorFileSizeMax) {
    return fail(Error{ErrorCode::configuration, "the trust anchor file is too large", {}}.with(
        "file", path));
  }
  Result<TrustAnchors> anchors = parse_trust_anchors(text, policy);
  if (!anchors) {
    return fail(std::move(anchors.error()).with("file", path));
  }
  return anchors;
}

}  // namespace parallax::dns
