// SPDX-License-Identifier: Apache-2.0
// Invariant: a body becomes an order of one name with counts the rules allow, or a list of issues;
// either way the answer is a JSON document.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <boost/json/serialize.hpp>

#include "base/json.h"
#include "service/mpic_answer.h"
#include "service/mpic_request.h"

namespace {

using namespace parallax;

constexpr unsigned kRemotes = 6;
constexpr unsigned kRequired = 5;

void require(bool holds) {
  if (!holds) std::abort();
}

class Info final : public service::ServiceInfo {
 public:
  std::string primary() const override { return "primary"; }
  std::vector<std::string> remotes() const override {
    return std::vector<std::string>(kRemotes, "remote");
  }
  unsigned remotes_required(Date) const override { return kRequired; }
  unsigned corroborations_required(unsigned used, Date) const override {
    return used - (used >= 6 ? 2 : 1);
  }
  bool lab() const override { return false; }
};

const names::PublicSuffixList& suffixes() {
  static const auto list = names::PublicSuffixList::load(names::kDefaultPublicSuffixFile).value();
  return list;
}

const service::Caller& caller() {
  static const service::Caller fixed{"fuzz", {names::DomainName::parse("ca.example").value()}};
  return fixed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Info info;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto request = service::parse_mpic_request(body, caller(), info, Date{}, suffixes());
  if (!request) {
    require(!request.error().empty());
    require(parse_json(boost::json::serialize(request.error())).has_value());
    return 0;
  }
  const orders::Order& order = request->order;
  require(order.names.size() == 1 && !order.issuers.empty());
  require(order.control_alone == request->dcv.has_value());
  require(order.controls.size() == (request->dcv ? 1 : 0));
  require(!order.remote_count ||
          (*order.remote_count >= kRequired && *order.remote_count <= kRemotes));
  const unsigned used = order.remote_count.value_or(kRemotes);
  require(!order.corroborations_required ||
          (*order.corroborations_required <= used &&
           *order.corroborations_required >= info.corroborations_required(used, Date{})));
  require(parse_json(service::write_mpic_answer(*request, info, orders::Decision{})).has_value());
  return 0;
}
