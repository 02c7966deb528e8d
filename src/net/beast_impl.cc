// SPDX-License-Identifier: Apache-2.0
// The one translation unit that carries the separately compiled parts of Beast.
#include <boost/beast/src.hpp>
