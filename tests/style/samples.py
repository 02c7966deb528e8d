# SPDX-License-Identifier: Apache-2.0
"""Small files that keep or break one rule each: the proof that style_test can fail."""

CPP = "// SPDX-License-Identifier: Apache-2.0\n"
HASH = "# SPDX-License-Identifier: Apache-2.0\n"
HEADER = CPP + "#pragma once\n"


def function_of(lines, head="int f() {", tail="}"):
    """A C++ function of exactly `lines` lines."""
    return "\n".join([head] + ["  g();"] * (lines - 2) + [tail]) + "\n"


def nested(lines):
    """A method of exactly `lines` lines that holds braces, strings with braces and a lambda."""
    body = ['    const auto x = [](int y) { return y; };', '    h("{{", R"(})", \'{\');',
            "    if (x(1)) {", "      k();", "    }"]
    body += ["    k();"] * (lines - 2 - len(body))
    return "\n".join(["class C {", " public:", "  void f() {"] + body + ["  }", "};"]) + "\n"


TABLE = "const int kTable[] = {\n" + "    f(1),\n" * 100 + "};\n"
# In halves, as what follows: other people's checks read this file too.
SLEEP = "sleep" + "_for"
WORDS = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]

# title, path, text, the rules that must speak up
SAMPLES = [
    ("a good source file", "src/dns/a.cc",
     CPP + '#include "dns/a.h"\n#include <vector>\n#include "base/result.h"\n'
     "namespace parallax {\n" + function_of(70) + nested(70) + TABLE + "}  // namespace\n", set()),
    ("a good header", "src/base/a.h", HEADER + "int f();\n", set()),
    ("a good script", "lab/up", "#!/bin/sh\n" + HASH + "set -eu\n", set()),
    ("a test may include any layer", "tests/base/a_test.cc", CPP + '#include "cli/a.h"\n', set()),
    ("a document needs no banner", "docs/a.md", "words\n" * 500, set()),
    ("no banner", "src/base/a.cc", "int a;\n", {"banner"}),
    ("another licence", "src/base/a.cc", "// SPDX-License-Identifier: MIT\n", {"banner"}),
    ("a script without banner", "lab/up", "#!/bin/sh\nset -eu\n", {"banner"}),
    ("400 lines", "src/base/a.cc", CPP + "int a;\n" * 399, set()),
    ("401 lines", "src/base/a.cc", CPP + "int a;\n" * 400, {"file-length"}),
    ("a function of 71 lines", "src/base/a.cc", CPP + function_of(71), {"function-length"}),
    ("a method of 71 lines", "src/base/a.cc", CPP + nested(71), {"function-length"}),
    ("a test case of 71 lines", "tests/base/a_test.cc",
     CPP + function_of(71, "TEST(A, B) {"), {"function-length"}),
    ("a function returning a struct", "src/base/a.cc",
     CPP + function_of(71, "struct S f(int a) {"), {"function-length"}),
    ("a function with default braces", "src/base/a.cc",
     CPP + function_of(71, "int f(A a = {}) {"), {"function-length"}),
    ("a constructor", "src/base/a.cc",
     CPP + function_of(71, "A::A(int a)\n    : a_(a), b_{a} {"), {"function-length"}),
    ("a function behind an initializer", "src/base/a.cc",
     CPP + "const A kA{1, {2}};\nstruct B {\n  int b = {};\n};\n" + function_of(71),
     {"function-length"}),
    ("a function behind a function", "src/base/a.cc",
     CPP + function_of(60) + function_of(60) + "enum class E { a };\n" + function_of(60), set()),
    ("a python function of 71 lines", "lab/a.py",
     HASH + "def f():\n" + "    pass\n" * 70, {"function-length"}),
    ("a shell function of 71 lines", "run",
     "#!/bin/sh\n" + HASH + "f() {\n" + "  :\n" * 69 + "}\n", {"function-length"}),
    ("100 columns", "src/base/a.cc", CPP + "//" + "x" * 98 + "\n", set()),
    ("101 columns", "src/base/a.cc", CPP + "//" + "x" * 99 + "\n", {"line-length"}),
    ("100 columns that are more octets", "src/base/a.cc", CPP + "//" + "é" * 98 + "\n", set()),
    ("an include from below", "src/dns/a.cc", CPP + '#include "caa/a.h"\n', {"layer-order"}),
    ("an include from nowhere", "src/dns/a.cc", CPP + '#include "misc/a.h"\n', {"layer-order"}),
    ("the judge of decisions uses their maker", "src/audit/a.cc",
     CPP + '#include "orders/a.h"\n', {"layer-order"}),
    ("a dependency from below", "src/dns/CMakeLists.txt",
     HASH + "parallax_layer(dns\n  SOURCES a.cc\n  DEPENDS base service\n  LIBRARIES x)\n",
     {"layer-order"}),
    ("dependencies from above", "src/dns/CMakeLists.txt",
     HASH + "parallax_layer(dns SOURCES a.cc DEPENDS base names LIBRARIES PkgConfig::LDNS)\n",
     set()),
    *[(f"the word {word}", "src/base/a.cc", CPP + f"// {word}: later\n", {"unfinished"})
      for word in WORDS],
    ("such a word inside another", "src/base/a.cc", CPP + f"int a{WORDS[2]}X;\n", set()),
    ("an awaited condition", "src/net/a.cc", CPP + "int a = 0;\nif (co_await f()) g();\n",
     {"await-in-condition"}),
    ("an awaited condition over lines", "src/net/a.cc",
     CPP + "while (a &&\n       !co_await f(x)) {\n}\n", {"await-in-condition"}),
    ("an awaited ternary", "src/net/a.cc", CPP + "auto a = b ? co_await f() : c;\n",
     {"await-in-condition"}),
    ("an awaited value with a name", "src/net/a.cc",
     CPP + "const auto a = co_await f();\nif (a) co_await g();\n// if (co_await x)\n", set()),
    ("a sleeping test", "tests/net/a_test.cc",
     CPP + f"std::this_thread::{SLEEP}(1s);\n", {"sleep"}),
    ("a sleeping script", "tests/conformance/a.py", HASH + "import time\ntime.sleep(delay)\n",
     {"sleep"}),
    ("a sleeping shell test", "tests/a.sh", HASH + "sleep 1\n", {"sleep"}),
    ("a test that talks of sleep", "tests/net/a_test.cc", CPP + f"// never {SLEEP}\n", set()),
    ("a path of a machine", "src/base/a.cc", CPP + 'auto a = "/' + 'work/b";\n', {"machine-path"}),
    ("a temporary path", "src/base/a.cc", CPP + 'auto a = "/' + 'tmp/b";\n', {"machine-path"}),
    ("a path of a machine in a document", "docs/a.md", "see /" + "work/b\n", {"machine-path"}),
    ("a header without guard", "src/base/a.h", CPP + "int f();\n", {"include-guard"}),
    ("blanks at the end", "src/base/a.cc", CPP + "int a; \n", {"white-space"}),
    ("a tab", "src/base/a.cc", CPP + "\tint a;\n", {"white-space"}),
    ("no last newline", "src/base/a.cc", CPP + "int a;", {"white-space"}),
]
