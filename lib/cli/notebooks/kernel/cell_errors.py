"""Words for what the kernel leaves unsaid: why a cell did not run, and where in it."""

import asyncio
import difflib
import re

from cell_source import place_of, pointed

# A parser's answer comes at once; a registry may have to be asked about a package.
PARSE_SECONDS = 20


class CellError:
    """An error as a notebook shows it."""

    def __init__(self, name, value, lines=()):
        self.name = name
        self.value = value
        self.lines = list(lines)

    @property
    def content(self):
        first = f"{self.name}: {self.value}" if self.value else self.name
        return {
            "ename": self.name,
            "evalue": self.value,
            "traceback": [first, *([""] if self.lines else []), *self.lines],
        }


async def syntax_error(deno, source):
    """The mistake in the syntax of a cell, with its line and a caret; None where there is none.

    The formatter is asked, which parses as the kernel does and runs nothing.
    """
    process = await asyncio.create_subprocess_exec(
        deno, "fmt", "--no-config", "--ext", "ts", "-",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, said = await asyncio.wait_for(process.communicate(source.encode()), PARSE_SECONDS)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()
        return None
    text = re.sub(r"\x1b\[[0-9;]*m", "", said.decode(errors="replace"))
    message = re.search(r"^error: (?:SyntaxError: )?(.*)$", text, re.MULTILINE)
    place = re.search(r"^ +at \S+:(\d+):(\d+)$", text, re.MULTILINE)
    if process.returncode == 0 or message is None:
        return None
    lines = []
    if place is not None:
        line, column = int(place.group(1)), int(place.group(2))
        # What is underlined on that line, as "  |       ~~~".
        below = re.search(rf"^{line} \| .*\n *\| +(~+)", text, re.MULTILINE)
        lines = pointed(source, line, column, len(below.group(1)) if below else 1)
    return CellError("SyntaxError", _plain(message.group(1)), lines)


def _plain(message):
    # The lexer's own names mean nothing to a reader.
    unterminated = re.search(r"<lexing error: .*\bUnterminated(\w+)", message)
    if unterminated is None:
        return message
    kind = {"Tpl": "template", "StrLit": "string", "RegExp": "regular expression"}
    kind["BlockComment"] = "comment"
    return f"Unterminated {kind.get(unterminated.group(1), 'literal')}"


# Text of the kernel's error -> where in the cell: each finds a place by what the message names.
_PLACES = (
    (r"Identifier '([\w$]+)' has already been declared", None),
    (r"Illegal return statement", lambda _: r"^[ \t]*(return)\b"),
    (r"Illegal break statement", lambda _: r"\b(break)\b"),
    (r"Illegal continue statement", lambda _: r"\b(continue)\b"),
    (r'Import "([^"]+)" not a dependency', lambda name: rf"([\"']{re.escape(name)}[\"'])"),
    (r'Relative import path "([^"]+)"', lambda name: rf"([\"']{re.escape(name)}[\"'])"),
    (r'Module not found "([^"]+)"', lambda url: _file_pattern(url)),
)


def _file_pattern(url):
    name = url.rsplit("/", 1)[-1]
    return rf"([\"'][^\"'\n]*{re.escape(name)}[\"'])"


def where(source, message):
    """The line of a cell, with carets, that an error's message is about; [] where it names none."""
    for pattern, make in _PLACES:
        match = re.search(pattern, message)
        if match is None:
            continue
        name = match.group(1) if match.re.groups else ""
        place = _second_declaration(source, name) if make is None else place_of(source, make(name))
        return [] if place is None else pointed(source, *place)
    return []


def _second_declaration(source, name):
    declared = rf"\b(?:const|let|var|class|function\*?)\s+({re.escape(name)})\b"
    places = list(re.finditer(declared, source))
    if not places:
        return None
    at = places[-1].start(1)
    before = source[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1, len(name)


def explained(source, content, hints=()):
    """An error's content with a text where it has none, the line that it is about, and hints."""
    name = content.get("ename") or "Error"
    value = content.get("evalue") or ""
    traceback = [line for line in content.get("traceback") or []]
    if not any(line.strip() for line in traceback):
        traceback = [f"{name}: {value}" if value else name]
    if name == "Interrupted":
        # Where the run was in the program is no mistake of anybody's.
        traceback = traceback[:1]
    place = where(source, value)
    if place:
        traceback = [traceback[0], "", *place, *([""] + traceback[1:] if traceback[1:] else [])]
    if hints:
        traceback = [*traceback, "", *hints]
    return {**content, "ename": name, "evalue": value, "traceback": traceback}


def failed_import(source, specifier, message):
    """A module that a cell imports cannot be had, for that reason."""
    place = place_of(source, rf"([\"']{re.escape(specifier)}[\"'])")
    first, *rest = message.split("\n")
    lines = pointed(source, *place) if place else []
    hint = [line.strip() for line in rest if line.strip()]
    return CellError("TypeError", first, [*lines, *([""] if lines and hint else []), *hint])


class MissingExports:
    """Names that a cell imports and that their modules do not have as values."""

    def __init__(self, source, missing):
        """missing: [{"module": ..., "name": ..., "exports": [...]}, ...]"""
        self._source = source
        self.errors = [one for one in missing if not _may_be_type(one["name"])]
        self.warnings = [one for one in missing if _may_be_type(one["name"])]

    def error(self):
        """What a module system says at once; None where all may be types."""
        if not self.errors:
            return None
        first, *others = self.errors
        lines = self._place(first)
        for one in others:
            lines += ["", self._says(one), "", *self._place(one)]
        return CellError("SyntaxError", self._says(first), lines)

    def hints(self):
        """Lines that explain an error which came of it."""
        return [self._says(one) for one in [*self.errors, *self.warnings]]

    def warning(self):
        """A type is no value, and a kernel that does not check types cannot tell."""
        return "".join(
            f'{self._says(one)}; a type is imported as "import {{ type {one["name"]} }}"\n'
            for one in self.warnings
        )

    def _says(self, one):
        near = difflib.get_close_matches(one["name"], one["exports"], 1)
        mean = f' (did you mean "{near[0]}"?)' if near else ""
        return f'"{one["module"]}" exports no "{one["name"]}"{mean}'

    def _place(self, one):
        place = place_of(self._source, rf"^[ \t;]*import\b[^;]*?\b({re.escape(one['name'])})\b")
        return pointed(self._source, *place) if place else []


def _may_be_type(name):
    return re.fullmatch(r"[A-Z]\w*[a-z]\w*", name) is not None

