"""What the text of a cell says: its imports, and where in it something stands."""

import json
import re

# Comments, strings, templates and regular expressions are not told apart in full: a slash begins a
# comment where two or a star follow. It is enough to find imports, which stand at a line's begin.
_SKIPPED = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|`(?:\\.|[^`\\])*(?:`|\Z)""",
    re.DOTALL,
)
_STRING = r"""(?:"([^"\\\n]*)"|'([^'\\\n]*)')"""
_IMPORT = re.compile(
    r"^[ \t;]*import\s+(?!type\b\s*[\w{*])([\w$*{][^;'\"]*?)\s*\bfrom\s*" + _STRING, re.MULTILINE
)
_ANY_IMPORT = re.compile(
    r"^[ \t;]*import\s+(?:[\w$*{][^;'\"]*?\s*\bfrom\s*)?" + _STRING + r"|\bimport\s*\(\s*" + _STRING,
    re.MULTILINE,
)


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def _code(source):
    """The source without comments and templates, everything else in its place."""
    # A comment's mark within a string ("https://...") is none.
    return re.sub(
        r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|""" + _SKIPPED.pattern,
        lambda match: match.group() if match.group(1) else _blank(match),
        source,
        flags=re.DOTALL,
    )


def specifiers(source):
    """What a cell imports from, each once, in its order."""
    found = []
    for match in _ANY_IMPORT.finditer(_code(source)):
        name = next(group for group in match.groups() if group is not None)
        if name not in found:
            found.append(name)
    return found


def named_imports(source):
    """Names that a cell imports as values: {"simfaasinfer": ["simulate", "default"], ...}."""
    found = {}
    for match in _IMPORT.finditer(_code(source)):
        clause = match.group(1)
        module = match.group(2) if match.group(2) is not None else match.group(3)
        names = found.setdefault(module, [])
        braces = re.search(r"\{(.*)\}", clause, re.DOTALL)
        if braces:
            for part in braces.group(1).split(","):
                words = part.split()
                if words and not (words[0] == "type" and len(words) > 1 and words[1] != "as"):
                    names.append(words[0])
        before = clause.split("{")[0].split("*")[0].strip().rstrip(",").strip()
        if before:
            names.append("default")
    return {module: names for module, names in found.items() if names}


def place_of(source, pattern):
    """Line and column, both from 1, and length of the first match in the source's code; or None."""
    match = re.search(pattern, _code(source), re.MULTILINE)
    if match is None:
        return None
    group = 1 if match.re.groups else 0
    before = source[: match.start(group)]
    column = len(before) - (before.rfind("\n") + 1) + 1
    length = len(match.group(group).split("\n")[0])
    return before.count("\n") + 1, column, length


def pointed(source, line, column, length=1):
    """The line with its number, and carets below the place."""
    lines = source.split("\n")
    if not 1 <= line <= len(lines):
        return []
    # Carets stand below what they point at where the line is indented with tabs too.
    text = lines[line - 1]
    indent = "".join("\t" if char == "\t" else " " for char in text[: column - 1])
    number = str(line)
    return [f"{number} | {text}", f"{' ' * len(number)} | {indent}{'^' * max(1, length)}"]


def as_json(value):
    """A value as JavaScript."""
    return json.dumps(value)
