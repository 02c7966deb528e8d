// SPDX-License-Identifier: Apache-2.0
#include "dcv/seen.h"

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::dcv {

SeenLookup seen_of(std::string purpose, const dns::Lookup& lookup) {
  SeenLookup seen{.purpose = std::move(purpose),
                  .name = lookup.question.name.text(),
                  .type = lookup.question.type,
                  .status = lookup.status,
                  .rcode = lookup.rcode,
                  .verdict = lookup.verdict,
                  .ttl_s = lookup.ttl_s,
                  .reason = printable(lookup.reason, kSeenReasonMax),
                  .alias_chain = lookup.alias_chain,
                  .packet = lookup.packet};
  if (lookup.status != dns::LookupStatus::answered) return seen;
  if (lookup.records.size() > kSeenRecordsMax) {
    seen.status = dns::LookupStatus::failed;
    seen.reason = fmt::format("the answer holds {} records; {} is the most that is read",
                              lookup.records.size(), kSeenRecordsMax);
    return seen;
  }
  for (const auto& record : lookup.records)
    if (record.type == lookup.question.type) seen.rdata.push_back(record.rdata);
  return seen;
}

}  // namespace parallax::dcv
