# SPDX-License-Identifier: Apache-2.0
"""The checks of style_test: one function per rule, each from (name, text) to findings."""
import ast
import dataclasses
import re

import cpp

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
LINE_COLUMNS_MAX = 100

# A folder of src includes only itself and what stands before it (docs/architecture.md).
LAYERS = ("base names rules dns caa net dcv observe corroborate evidence permit orders audit peer "
          "service cli").split()
# What judges the decisions of the one shares nothing with how the other makes them.
STRANGERS = {("audit", "orders")}

BANNER = "SPDX-License-Identifier: Apache-2.0"
RULES = {"banner", "file-length", "function-length", "line-length", "layer-order", "unfinished",
         "await-in-condition", "sleep", "machine-path", "include-guard", "white-space"}


@dataclasses.dataclass(frozen=True)
class Finding:
    file: str
    line: int
    rule: str
    what: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.rule}: {self.what}"


def language_of(name, text):
    """The language of a source file; None for documents, data and settings."""
    by_suffix = {".cc": "c++", ".h": "c++", ".py": "python", ".sh": "shell", ".cmake": "cmake",
                 ".ts": "typescript", ".tsx": "typescript"}
    if name.suffix in by_suffix:
        return by_suffix[name.suffix]
    if name.name == "CMakeLists.txt":
        return "cmake"
    first = text.partition("\n")[0]
    if first.startswith("#!"):
        return "python" if "python" in first else "shell"
    return None


def _lines_matching(text, pattern):
    for number, line in enumerate(text.split("\n"), 1):
        found = re.search(pattern, line)
        if found:
            yield number, found.group().strip()


def banner(name, text, language):
    lines = text.split("\n", 2)
    place = 1 if lines[0].startswith("#!") else 0
    if len(lines) <= place or BANNER not in lines[place]:
        yield 1, "banner", f"line {place + 1} does not say {BANNER}"


def file_length(name, text, language):
    count = len(text.splitlines())
    if count > FILE_LINES_MAX:
        yield count, "file-length", f"{count} lines, at most {FILE_LINES_MAX}"


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def _shell_functions(text):
    for match in re.finditer(r"^\w+\s*\(\)\s*[{(].*?^[})]", text, re.M | re.S):
        yield text.count("\n", 0, match.start()) + 1, match.group().count("\n") + 1


def function_length(name, text, language):
    measure = {"c++": cpp.functions, "python": _python_functions, "shell": _shell_functions}
    for line, count in measure.get(language, lambda _: ())(text):
        if count > FUNCTION_LINES_MAX:
            yield line, "function-length", f"{count} lines, at most {FUNCTION_LINES_MAX}"


def line_length(name, text, language):
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE_COLUMNS_MAX:
            yield number, "line-length", f"{len(line)} columns, at most {LINE_COLUMNS_MAX}"


def layer_order(name, text, language):
    """Both what a file includes and what its CMake target depends on."""
    if len(name.parts) < 3 or name.parts[0] != "src" or name.parts[1] not in LAYERS:
        return
    here = LAYERS.index(name.parts[1])
    if language == "cmake":
        used = [(1, layer)
                for depends in re.findall(r"^parallax_layer\([^)]*?\bDEPENDS\b([^)A-Z]*)",
                                          text, re.M)
                for layer in depends.split()]
    else:
        used = [(number, re.search(r'"([^"/]*)', line).group(1))
                for number, line in _lines_matching(text, r'^\s*#\s*include\s*"[^"]+/[^"]*"')]
    for number, layer in used:
        if layer not in LAYERS:
            yield number, "layer-order", f"{layer} is no layer"
        elif LAYERS.index(layer) > here:
            yield number, "layer-order", f"{name.parts[1]} may not use {layer}, which stands below"
        elif (name.parts[1], layer) in STRANGERS:
            yield number, "layer-order", f"{name.parts[1]} may not use {layer}"


def unfinished(name, text, language):
    # Written in halves so that this file passes its own check.
    words = "|".join(a + b for a, b in (("TO", "DO"), ("FIX", "ME"), ("X", "XX"), ("HA", "CK")))
    for number, word in _lines_matching(text, rf"\b(?:{words})\b"):
        yield number, "unfinished", f"{word}: finish it or open an issue"


def await_in_condition(name, text, language):
    if language == "c++":
        for number in cpp.conditions_with_await(text):
            yield number, "await-in-condition", "bind the awaited value to a name first"


def sleeping_test(name, text, language):
    if name.parts[0] != "tests" or name.parts[1:2] == ("style",):
        return
    code = cpp.blank(text) if language == "c++" else text
    pattern = r"\bsleep_(?:for|until)\b|\b(?:u|nano)?sleep\s*\(|^\s*sleep\s+[0-9$]"
    for number, call in _lines_matching(code, pattern):
        yield number, "sleep", f"{call}: wait for what should happen, not for time to pass"


def machine_path(name, text, language):
    folders = "work|tmp" if name.parts[0] == "src" else "work"
    for number, path in _lines_matching(text, rf"(?:^|[^A-Za-z0-9._-])/(?:{folders})/"):
        yield number, "machine-path", f"{path} belongs to one machine"


def include_guard(name, text, language):
    # The precompiled header in cmake is never included.
    if name.suffix != ".h" or name.parts[0] == "cmake":
        return
    if not re.search(r"^#pragma once$", text, re.M):
        yield 1, "include-guard", "a header begins with #pragma once"


def white_space(name, text, language):
    for number, _ in _lines_matching(text, r"[ \t]+$"):
        yield number, "white-space", "blanks at the end of the line"
    if language in ("c++", "python", "cmake"):
        for number, _ in _lines_matching(text, r"\t"):
            yield number, "white-space", "a tab"
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "white-space", "no newline at the end of the file"


SOURCE_CHECKS = (banner, file_length, function_length, line_length, layer_order, unfinished,
                 await_in_condition, sleeping_test, include_guard, white_space)


def check_file(name, text):
    """All findings in one file; `name` is its path from the root of the tree."""
    language = language_of(name, text)
    chosen = (machine_path,) if language is None else (*SOURCE_CHECKS, machine_path)
    return [Finding(str(name), *found) for check in chosen
            for found in check(name, text, language)]
