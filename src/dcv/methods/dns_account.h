// SPDX-License-Identifier: Apache-2.0
// The labels of ACME dns-account-01 (draft-ietf-acme-dns-account-label-00 s3.2, as TLS
// BR 3.2.2.4.21 asks), for whoever makes a check from an account.
#pragma once

#include <string>
#include <string_view>

namespace parallax::dcv {

// "_" + lower-case base32 (RFC 4648 s6) of the first ten octets of the SHA-256 of the account's URL
// + "._acme-challenge": the prefix of the check.
[[nodiscard]] std::string dns_account_prefix(std::string_view account_url);

}  // namespace parallax::dcv
