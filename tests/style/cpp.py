# SPDX-License-Identifier: Apache-2.0
"""Just enough C++ to measure functions: comments and literals blanked, braces matched."""
import re

# In order: raw strings before strings; digit separators are no character literals.
_TOKEN = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)" |
        "(?:\\.|[^"\\\n])*" | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'""",
    re.S | re.X)


def blank(text):
    """`text` with comments and literals replaced by blanks; line breaks stay where they are."""
    return _TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


_SCOPE = re.compile(
    r"^(?:export\s+)?(?:template\s*<.*>\s*)?(?:inline\s+)?(?:typedef\s+|static\s+|const\s+)*"
    r"(?:namespace|class|struct|union|enum|extern)\b(?!.*\)\s*(?:const|noexcept|override|\s)*$)",
    re.S)


# The brace of a member in a constructor's list: A::A(int a) : a_{
_MEMBER_BRACE = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:).*[\w>]$", re.S)
# An access label belongs to the class, not to the function behind it.
_LABELS = re.compile(r"(?:\s*\b(?:public|private|protected)\s*:)*\s*")


def _kind(head):
    """What a brace after `head` opens: a scope, a function, or something else."""
    if _SCOPE.match(head):
        return "scope"
    if head.endswith(("=", ",", "(", "return")) or _MEMBER_BRACE.search(head):
        return "other"
    return "function" if ")" in head or "]" in head else "other"


def functions(text):
    """(first line, number of lines) of every function at namespace or class scope."""
    code = blank(text)
    found = []
    stack = []        # (kind, first line of the head)
    head_start = 0
    for match in re.finditer(r"[{};]|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", code, re.M):
        token = match.group()
        outer = stack[-1][0] if stack else "scope"
        if token == "{":
            first = _LABELS.match(code, head_start, match.start()).end()
            kind = _kind(code[first:match.start()].strip()) if outer == "scope" else "other"
            stack.append((kind, code.count("\n", 0, first) + 1))
        elif token == "}" and stack:
            kind, first_line = stack.pop()
            if kind == "function":
                found.append((first_line, code.count("\n", 0, match.start()) + 2 - first_line))
            if kind == "other":
                continue  # an initializer: the declaration goes on behind it
            head_start = match.end()
        if outer == "scope":
            head_start = match.end()
    return found


def conditions_with_await(text):
    """Lines on which a condition or a ternary contains co_await."""
    code = blank(text)
    lines = []
    for match in re.finditer(r"\b(?:if|while|switch)\s*(?:constexpr\s*)?\(", code):
        depth, end = 1, match.end()
        while depth and end < len(code):
            depth += {"(": 1, ")": -1}.get(code[end], 0)
            end += 1
        if re.search(r"\bco_await\b", code[match.end():end]):
            lines.append(code.count("\n", 0, match.start()) + 1)
    for match in re.finditer(r"\?[^;{}]*\bco_await\b|\bco_await\b[^;{}]*\?[^;{}]*:", code):
        lines.append(code.count("\n", 0, match.start()) + 1)
    return sorted(set(lines))
