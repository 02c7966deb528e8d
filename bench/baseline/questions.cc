// SPDX-License-Identifier: Apache-2.0
#include "baseline/questions.h"

namespace parallax::bench {
namespace {

void add_climb(const std::string& name, std::vector<BareQuestion>& to) {
  to.push_back({name, dns::RecordType::caa});
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
    to.push_back({name.substr(dot + 1), dns::RecordType::caa});
}

}  // namespace

std::vector<BareQuestion> questions_of(const std::vector<Ask>& asks, const std::string& name,
                                       const std::string& label) {
  std::vector<BareQuestion> out;
  for (const Ask ask : asks) {
    if (ask == Ask::caa) {
      add_climb(name, out);
    } else if (ask == Ask::txt) {
      out.push_back({label + "." + name, dns::RecordType::txt});
    } else {
      out.push_back({name, dns::RecordType::a});
      out.push_back({name, dns::RecordType::aaaa});
    }
  }
  return out;
}

}  // namespace parallax::bench
