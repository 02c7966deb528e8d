// SPDX-License-Identifier: Apache-2.0
// What website_change and acme_http share: the request, and the judgement of the trail of redirects
// up to the document. Private to the methods.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/async.h"
#include "dcv/assess.h"
#include "dcv/check.h"
#include "dcv/method.h"
#include "net/guarded_client.h"

namespace parallax::dcv {

// A path is `prefix` and one or more segments of unreserved characters and sub-delimiters (RFC 3986
// s2.2, s2.3), none of them "." or "..": no percent-encoding, no query, at most kPathSizeMax.
// Headers are of the allow list below, each once, with visible ASCII values. `rule` is cited.
[[nodiscard]] Status check_request(const HttpValue& value, std::string_view prefix,
                                   std::string_view rule);

// Names of request headers that a caller may set, in lower case: those that neither choose what is
// fetched nor from whom, nor say who asks.
[[nodiscard]] bool is_allowed_header(std::string_view name);

// Where the looking begins.
[[nodiscard]] net::GuardedUrl url_of(const HttpValue& value, const Target& host);

// Fetches the document and adds the trail to `seen`. The check outlives the call.
[[nodiscard]] Task<void> fetch_document(const HttpValue* value, Target host,
                                        Instruments instruments, Deadline deadline,
                                        ControlObservation* seen);

// The document at the end of an unbroken trail that began at the right URL and led over permitted
// redirects, from addresses that the DNS gave, to a 2xx (TLS BR 3.2.2.4.18, .19); or why there is
// none. `sought` begins the explanation.
struct Document {
  std::optional<ControlDetermination> failure;
  const SeenHttp* http = nullptr;                      // borrowed; set unless there is a failure
  dns::Verdict verdict = dns::Verdict::indeterminate;  // weakest; indeterminate without a lookup
};
[[nodiscard]] Document find_document(const ControlObservation& seen, const HttpValue& value,
                                     const Target& host, std::string_view sought);

}  // namespace parallax::dcv
