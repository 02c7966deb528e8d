// SPDX-License-Identifier: Apache-2.0
// The C side of LossyVfs.
#pragma once

namespace parallax::evidence {

class LossyVfs;

void register_lossy_vfs(LossyVfs& model);
void unregister_lossy_vfs(LossyVfs& model);

}  // namespace parallax::evidence
