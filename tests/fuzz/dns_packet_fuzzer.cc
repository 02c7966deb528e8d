// SPDX-License-Identifier: Apache-2.0
// Response decoding over any octets: no crash, bounded results, and a decoded answer decodes the
// same way again. The DS readers see the same octets.
#include <cstdlib>
#include <string>
#include <string_view>

#include "dns/insecurity.h"
#include "dns/ldns_ptr.h"
#include "dns/packet.h"

namespace {

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace parallax::dns;
  const std::string_view packet(reinterpret_cast<const char*>(data), size);
  // The question is taken from the packet itself: else no input would get past that check.
  const auto parsed = ldns_parse_packet(packet);
  std::string name = "a.test";
  RecordType type = RecordType::caa;
  if (parsed && ldns_rr_list_rr_count(ldns_pkt_question(parsed.get())) == 1) {
    const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(parsed.get()), 0);
    name = ldns_name_text(ldns_rr_owner(question));
    type = static_cast<RecordType>(ldns_rr_get_type(question));
  }
  const auto answer = decode_answer(packet, name, type);
  if (answer) {
    require(answer->alias_chain.size() <= kAliasStepsMax);
    require(answer->records.size() <= size);
    require(!answer->records.empty() || answer->ttl_s == 0);
    const auto again = decode_answer(packet, name, type);
    require(again && again->records == answer->records &&
            again->alias_chain == answer->alias_chain);
  }
  static_cast<void>(assess_secure_ds(packet, name));
  // Nothing that no key of ours has signed may prove a thing.
  require(!verify_opt_out(packet, name, "test", "", parallax::Instant{}));
  require(!verify_opt_out(packet, "x.test", "test", packet, parallax::Instant{}));
  return 0;
}
