// SPDX-License-Identifier: Apache-2.0
// Contacts published in the DNS (TLS BR Appendix A): a whole record is one valid e-mail address or
// telephone number, or it cannot be used. The perspectives confirm that the contact the CA means to
// use is published; writing or calling is the CA's. Private to the methods.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dcv/methods/question.h"

namespace parallax::dcv {

enum class ContactKind { email, phone };
[[nodiscard]] std::string_view noun(ContactKind kind);  // "e-mail address", "telephone number"

inline constexpr std::size_t kPhoneSizeMax = 64;    // octets, separators included
inline constexpr std::size_t kPhoneDigitsMax = 15;  // ITU-T E.164

// The form in which contacts of a kind compare: a mailbox with its domain as lower-case A-labels
// and its local part as it is; a number as "+" and its digits. Error: malformed, if the text as a
// whole is not one contact.
// A number is the global-number of RFC 3966 s5.1.4 without parameters; spaces between its digits
// count as visual separators, since Appendix A.1.2 writes its own example with them.
[[nodiscard]] Result<std::string> canonical_contact(ContactKind kind, std::string_view text);

// The part of validate() that all contact methods share.
[[nodiscard]] Status validate_contact(const ControlCheck& check, ContactKind kind,
                                      std::string_view rule);

// Holds what stands in the records (`texts`, never empty) at `owner` against the contact.
[[nodiscard]] ControlDetermination assess_contacts(ContactKind kind, std::string_view contact,
                                                   const std::vector<std::string>& texts,
                                                   std::string_view owner, const Wanted& wanted,
                                                   dns::Verdict verdict);

}  // namespace parallax::dcv
