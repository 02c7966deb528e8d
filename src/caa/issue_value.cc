// SPDX-License-Identifier: Apache-2.0
// The issue-value production (RFC 8659 s4.2; RFC 9495 s3 gives issuemail the same one):
//
//   issue-value = *WSP [issuer-domain-name *WSP] [";" *WSP [parameters *WSP]]
//   issuer-domain-name = label *("." label)
//   label = (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT))
//   parameters = (parameter *WSP ";" *WSP parameters) / parameter
//   parameter = tag *WSP "=" *WSP value
//   tag = (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT))
//   value = *(%x21-3A / %x3C-7E)
#include "caa/ascii.h"
#include "caa/property.h"

namespace parallax::caa {
namespace {

// What is left of the input; every take_ function eats the longest match at its head.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  template <class Accepts>
  std::string_view take_while(Accepts accepts) {
    std::size_t size = 0;
    while (size < rest_.size() && accepts(rest_[size])) ++size;
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  void skip_wsp() { (void)take_while(is_wsp); }

  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

 private:
  std::string_view rest_;
};

// `label` and `tag` are the same production: hyphens, but not at an end.
bool is_label(std::string_view text) {
  return !text.empty() && text.front() != '-' && text.back() != '-';
}

bool is_label_octet(char c) { return is_alphanumeric(c) || c == '-'; }
bool is_name_octet(char c) { return is_label_octet(c) || c == '.'; }
bool is_value_octet(char c) { return c >= 0x21 && c <= 0x7e && c != ';'; }

bool is_issuer_domain_name(std::string_view text) {
  while (true) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

Result<Parameter> parse_parameter(Cursor& in) {
  const auto tag = in.take_while(is_label_octet);
  if (!is_label(tag)) return fail(ErrorCode::malformed, "a parameter has no valid tag");
  in.skip_wsp();
  if (!in.take('=')) return fail(ErrorCode::malformed, "a parameter has no \"=\" behind its tag");
  in.skip_wsp();
  return Parameter{std::string(tag), std::string(in.take_while(is_value_octet))};
}

Result<std::vector<Parameter>> parse_parameters(Cursor& in) {
  std::vector<Parameter> parameters;
  do {
    in.skip_wsp();
    auto parameter = parse_parameter(in);
    if (!parameter) return fail(std::move(parameter.error()));
    parameters.push_back(std::move(*parameter));
    in.skip_wsp();
  } while (in.take(';'));
  return parameters;
}

}  // namespace

Result<IssueValue> parse_issue_value(std::string_view value) {
  Cursor in(value);
  IssueValue out;
  in.skip_wsp();
  if (const auto issuer = in.take_while(is_name_octet); !issuer.empty()) {
    if (!is_issuer_domain_name(issuer))
      return fail(ErrorCode::malformed, "the issuer is not written as a domain name");
    auto name = names::DomainName::parse(issuer);
    if (!name) return fail(ErrorCode::malformed, "the issuer is no domain name");
    out.issuer = std::move(*name);
    in.skip_wsp();
  }
  if (in.take(';')) {
    in.skip_wsp();
    if (!in.at_end()) {
      auto parameters = parse_parameters(in);
      if (!parameters) return fail(std::move(parameters.error()));
      out.parameters = std::move(*parameters);
    }
  }
  if (!in.at_end())
    return fail(ErrorCode::malformed, "an octet stands where the issue-value grammar has none");
  return out;
}

}  // namespace parallax::caa
