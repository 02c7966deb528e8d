# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, a C++ file in which openapi_document() is the text of INPUT, octet for octet.
file(READ ${INPUT} octets HEX)
string(REGEX REPLACE "(..)" "'\\\\x\\1'," octets "${octets}")
file(WRITE ${OUTPUT}
  "// Made from docs/openapi.json by embed_text.cmake.\n"
  "#include \"service/openapi.h\"\n\n"
  "namespace parallax::service {\n"
  "namespace {\n"
  "constexpr char kText[] = {\n    ${octets}'\\0'};\n"
  "}  // namespace\n"
  "std::string_view openapi_document() { return {kText, sizeof kText - 1}; }\n"
  "}  // namespace parallax::service\n")
