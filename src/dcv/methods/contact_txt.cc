// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.4.14 and .16 with Appendix A.2: a contact in a TXT record at
// _validation-contactemail or _validation-contactphone of the Authorization Domain Name.
#include <fmt/format.h>

#include "dcv/methods/contact.h"
#include "dcv/methods/methods.h"
#include "dcv/rdata.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kPurpose = "challenge";

std::string_view label_of(ContactKind kind) {
  return kind == ContactKind::email ? "_validation-contactemail" : "_validation-contactphone";
}

std::string_view rule_of(ContactKind kind) {
  return kind == ContactKind::email ? "TLS BR 3.2.2.4.14, Appendix A.2.1"
                                    : "TLS BR 3.2.2.4.16, Appendix A.2.2";
}

Result<names::DomainName> question_name(ContactKind kind, const Target& adn) {
  const auto* domain = std::get_if<names::DomainName>(&adn);
  if (domain == nullptr)
    return fail(ErrorCode::unsupported, "the method looks at domain names only");
  return domain->with_label(label_of(kind));
}

Task<void> look(ContactKind kind, Target adn, Instruments instruments, Deadline deadline,
                ControlObservation* seen) {
  auto name = question_name(kind, adn);
  if (!name) co_return;  // no such name, no question: assess() says why
  dns::Question question{std::move(*name), dns::RecordType::txt};
  co_await ask(instruments, std::move(question), std::string(kPurpose), deadline, seen);
}

class ContactTxt final : public Method {
 public:
  explicit ContactTxt(ContactKind kind) : kind_(kind) {}

  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    return validate_contact(check, kind_, rule_of(kind_));
  }

  [[nodiscard]] Task<void> observe(const ControlCheck* /*check*/, Target adn,
                                   Instruments instruments, Deadline deadline,
                                   ControlObservation* seen) const override {
    return look(kind_, std::move(adn), instruments, deadline, seen);
  }

  [[nodiscard]] ControlDetermination assess(const ControlObservation& seen,
                                            const ControlCheck& check, const Target& adn,
                                            Instant at) const override;

 private:
  ContactKind kind_;
};

ControlDetermination ContactTxt::assess(const ControlObservation& seen, const ControlCheck& check,
                                        const Target& adn, Instant /*at*/) const {
  const auto* challenge = std::get_if<ContactValue>(&check.challenge);
  const std::string contact = challenge == nullptr ? std::string() : challenge->contact;
  Wanted wanted;
  wanted.what = fmt::format("the {} {} in a TXT record", noun(kind_), quoted(contact));
  const auto name = question_name(kind_, adn);
  if (!name) return no_such_name(wanted, name.error());
  wanted.remedy = fmt::format("publish{}in the zone",
                              record_text(name->text(), dns::RecordType::txt, quoted(contact)));
  const Answer answer = answer_to(seen, {*name, dns::RecordType::txt}, kPurpose, wanted);
  if (answer.determination) return *answer.determination;

  std::vector<std::string> texts;
  for (const auto& rdata : answer.lookup->rdata)
    texts.push_back(txt_text(rdata).value_or(std::string()));
  return assess_contacts(kind_, contact, texts, name->text(), wanted, answer.lookup->verdict);
}

}  // namespace

const Method& contact_email_txt_method() {
  static const ContactTxt method(ContactKind::email);
  return method;
}

const Method& contact_phone_txt_method() {
  static const ContactTxt method(ContactKind::phone);
  return method;
}

}  // namespace parallax::dcv
