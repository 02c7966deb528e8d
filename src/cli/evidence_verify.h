// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace parallax::cli {

// `parallax evidence verify`: exits with 0 if all holds, 1 if something does not, 2 if something
// could not be read, 64 on usage.
void add_evidence_verify(CLI::App& evidence, int& exit_code);

}  // namespace parallax::cli
