// SPDX-License-Identifier: Apache-2.0
#include "rules/method.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "rules/table.h"

namespace parallax::rules {
namespace {

constexpr std::array<std::pair<ControlMethod, std::string_view>, 19> kNames{{
    {ControlMethod::dns_change, "dns-change"},
    {ControlMethod::acme_dns, "acme-dns-01"},
    {ControlMethod::dns_account, "dns-account-01"},
    {ControlMethod::dns_persistent, "dns-persistent"},
    {ControlMethod::website_change, "website-change"},
    {ControlMethod::acme_http, "acme-http-01"},
    {ControlMethod::acme_tls_alpn, "acme-tls-alpn-01"},
    {ControlMethod::contact_email_txt, "contact-email-txt"},
    {ControlMethod::contact_email_caa, "contact-email-caa"},
    {ControlMethod::contact_phone_txt, "contact-phone-txt"},
    {ControlMethod::contact_phone_caa, "contact-phone-caa"},
    {ControlMethod::reverse_lookup, "reverse-address-lookup"},
    {ControlMethod::ip_address, "ip-address"},
    {ControlMethod::constructed_email, "constructed-email"},
    {ControlMethod::domain_contact, "domain-contact"},
    {ControlMethod::ip_contact_email, "ip-contact-email"},
    {ControlMethod::ip_contact_phone, "ip-contact-phone"},
    {ControlMethod::mailbox_email, "mailbox-email"},
    {ControlMethod::mailbox_acme, "acme-email-reply-00"},
}};

constexpr std::size_t kNameSizeMax = 64;  // longer is like none of them

// Insertions, deletions and replacements that lead from `a` to `b` (Levenshtein).
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j - 1] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// What is only cut short is nearest of all.
std::size_t distance(std::string_view text, std::string_view name) {
  return name.starts_with(text) ? 0 : edits(text, name);
}

const MethodRow* find_row(ControlMethod method, TargetKind target) {
  for (const auto part : {domain_methods(), ip_and_mailbox_methods()})
    for (const MethodRow& row : part)
      if (row.method == method && row.target == target) return &row;
  return nullptr;
}

std::vector<const Phase*> phases_of(std::string_view id) {
  std::vector<const Phase*> phases;
  for (const auto part : {domain_method_phases(), ip_and_mailbox_method_phases()})
    for (const Phase& phase : part)
      if (phase.id == id) phases.push_back(&phase);
  return phases;
}

}  // namespace

std::string_view to_string(ControlMethod method) {
  const auto* const it =
      std::ranges::find(kNames, method, &std::pair<ControlMethod, std::string_view>::first);
  return it == kNames.end() ? std::string_view("unknown") : it->second;
}

Result<ControlMethod> parse_control_method(std::string_view text) {
  for (const auto& [method, name] : kNames)
    if (name == text) return method;
  if (text.empty() || text.size() > kNameSizeMax)
    return fail(ErrorCode::malformed,
                fmt::format("\"{}\" is no method of control validation", printable(text)));
  const auto* const nearest = std::ranges::min_element(
      kNames, {}, [text](const auto& each) { return distance(text, each.second); });
  return fail(ErrorCode::malformed,
              fmt::format("\"{}\" is no method of control validation; the nearest is \"{}\"",
                          printable(text), nearest->second));
}

const std::vector<ControlMethod>& control_methods() {
  static const std::vector<ControlMethod> kMethods = [] {
    std::vector<ControlMethod> all;
    for (const auto& each : kNames) all.push_back(each.first);
    return all;
  }();
  return kMethods;
}

bool needs_confirmation(ControlMethod method) {
  return method == ControlMethod::contact_email_txt || method == ControlMethod::contact_email_caa ||
         method == ControlMethod::contact_phone_txt || method == ControlMethod::contact_phone_caa;
}

std::string_view to_string(TargetKind kind) {
  switch (kind) {
    case TargetKind::domain: return "domain";
    case TargetKind::ip_address: return "ip-address";
    case TargetKind::mailbox: return "mailbox";
  }
  return "domain";
}

std::string_view to_string(MethodStanding standing) {
  switch (standing) {
    case MethodStanding::not_yet: return "not-yet";
    case MethodStanding::allowed: return "allowed";
    case MethodStanding::discouraged: return "discouraged";
    case MethodStanding::retired: return "retired";
  }
  return "retired";
}

std::optional<MethodRule> method_rule(ControlMethod method, TargetKind target, Date at) {
  const MethodRow* row = find_row(method, target);
  if (row == nullptr) return std::nullopt;
  const auto phases = phases_of(row->id);
  // The phases follow each other without a gap and the last is open: only before them is none.
  MethodRule out{.method = method,
                 .target = target,
                 .rule = *rule(row->id, std::max(at, phases.front()->from)),
                 .standing = MethodStanding::not_yet,
                 .discouraged_from = std::nullopt,
                 .retired_from = std::nullopt,
                 .retired_by = {},
                 .wildcard = row->wildcard,
                 .prune = row->prune,
                 .cname = row->cname,
                 .onion = row->onion,
                 .mpic = row->mpic,
                 .token_valid = row->token_valid,
                 .acme_label = row->acme_label,
                 .ca_tbr_label = row->ca_tbr_label};
  for (const Phase* phase : phases) {
    if (phase->standing == MethodStanding::discouraged) out.discouraged_from = phase->from;
    if (phase->standing == MethodStanding::retired) {
      out.retired_from = phase->from;
      out.retired_by = phase->ballot;
    }
    if (phase->from <= at && at < phase->until) out.standing = phase->standing;
  }
  return out;
}

}  // namespace parallax::rules
