# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Reads the YAML that Kubernetes tools write, with nothing but Python's standard library.

The node has no PyYAML, yet files that are already there must be compared by meaning. This reader takes the block style
that kubeadm, kubectl and this collection write (YAML 1.2, chapters 7.3 and 8): block mappings and sequences, plain and
quoted scalars on one line, literal and folded blocks, empty flow collections, comments. Anything else raises, and the
caller treats the file as different. JSON is taken too.
"""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError


class Unreadable(KubewrightError):
    """A text outside the subset of YAML that this reader takes."""


class _Line(t.NamedTuple):
    number: int
    indent: int
    text: str


_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+][0-9]+)?\Z")
# Booleans, numbers and times of YAML 1.1 that YAML 1.2 has not, or the other way round.
_AMBIGUOUS = re.compile(
    r"(?:y|yes|n|no|on|off|=|<<"  # words
    r"|[-+]?0[xob][0-9a-f_]+|[-+]?0[0-7_]+"  # integers
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"  # base 60
    r"|[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:e[-+]?[0-9]+)?|[-+]?\.(?:inf|nan)"  # numbers with fractions
    r"|[0-9]{4}-[0-9]{1,2}-[0-9].*)\Z",  # times
    re.IGNORECASE,
)
_CONSTANTS = {"null": None, "Null": None, "NULL": None, "~": None, "": None, "true": True, "True": True, "TRUE": True}
_CONSTANTS.update({"false": False, "False": False, "FALSE": False})
_QUOTED_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(?:\s+|\Z)""")
# What a plain key does not begin with; a dash may be followed by no blank.
_NO_KEY = frozenset("#'\"[]{},&*!|>%@`")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
# YAML 1.2, 5.7.
_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
}
_ESCAPES.update({'"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"})
_BLANKS = " \t\r"
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# No file of Kubernetes comes near any of these.
_LARGEST, _DEEPEST, _LONGEST_NUMBER = 4 * 2**20, 100, 40
_SINGLE_QUOTED = re.compile(r"'((?:[^']|'')*)'\s*(?:#.*)?\Z")
_DOUBLE_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*")\s*(?:#.*)?\Z')
_BLOCK = re.compile(r"([|>])([-+]?)\s*(?:#.*)?\Z")


def is_ambiguous(text: str) -> bool:
    """Whether the versions of YAML read a plain text differently, as a string or as something else."""
    return bool(_AMBIGUOUS.match(text)) and not _INTEGER.match(text) and not _FLOAT.match(text)


def _key(text: str) -> tuple[str, int] | None:
    """The key that a line begins with, as it is written, and where its value begins; None where it begins with none."""
    match = _QUOTED_KEY.match(text)
    if match is not None:
        return match.group(1), match.end()
    if not text or text[0] in _NO_KEY or (text[0] == "-" and text[1:2].strip() in ("", "#")):
        return None
    colon = text.find(":")
    while colon != -1 and text[colon + 1 : colon + 2].strip():
        colon = text.find(":", colon + 1)
    if colon < 1 or "#" in text[:colon]:
        return None
    rest = text[colon + 1 :]
    return text[:colon].rstrip(), len(text) - len(rest.lstrip())


def _without_comment(text: str) -> str:
    hash_sign = text.find("#")
    while hash_sign != -1:
        if hash_sign and text[hash_sign - 1].isspace():
            return text[:hash_sign].rstrip()
        hash_sign = text.find("#", hash_sign + 1)
    return text.rstrip()


def _is_deep(value: t.Any) -> bool:
    left = [(value, 0)]
    while left:
        item, depth = left.pop()
        if depth > _DEEPEST:
            return True
        if isinstance(item, (dict, list)):
            left += [(below, depth + 1) for below in (item.values() if isinstance(item, dict) else item)]
    return False


def _json(text: str) -> t.Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("flow style that is not JSON") from None
    if _is_deep(value):
        raise Unreadable("values that are nested too deep")
    return value


def read_yaml(text: str) -> t.Any:
    """The value of one YAML or JSON document. Raises Unreadable for what the subset does not have."""
    if len(text) > _LARGEST:
        raise Unreadable("a text of more than 4 MiB")
    stripped = text.lstrip()
    if stripped[:1] in ("{", "["):
        return _json(text)
    lines = text.split("\n")
    complete = lines[-1] == ""
    return _Parser(lines[:-1] if complete else lines, complete).document()


class _Parser:
    def __init__(self, lines: list[str], complete: bool) -> None:
        """complete: whether the text ends with a newline."""
        self.raw = lines
        self.complete = complete
        self.position = 0
        self._depth = 0

    def document(self) -> t.Any:
        line = self.peek()
        if line is not None and line.text == "---":
            self.position = line.number + 1
            line = self.peek()
        if line is None:
            return None
        value = self.block(line.indent)
        rest = self.peek()
        if rest is not None and rest.text != "...":
            raise Unreadable("line %d is outside the document's structure" % (rest.number + 1))
        return value

    def peek(self) -> _Line | None:
        """The next line that is neither blank nor a comment."""
        while self.position < len(self.raw):
            raw = self.raw[self.position]
            text = raw.strip(_BLANKS)
            if text and not text.startswith("#"):
                if "\t" in raw[: len(raw) - len(raw.lstrip())]:
                    raise Unreadable("line %d is indented with a tab" % (self.position + 1))
                return _Line(self.position, len(raw) - len(raw.lstrip(" ")), text)
            self.position += 1
        return None

    def block(self, indent: int) -> t.Any:
        """The value that begins with the next line."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable("values that are nested too deep")
        value = self._block(indent)
        self._depth -= 1
        return value

    def _block(self, indent: int) -> t.Any:
        line = self.peek()
        if line is None or line.indent < indent:
            return None
        if line.text == "-" or line.text.startswith("- "):
            return self.sequence(line.indent)
        if _key(line.text):
            return self.mapping(line.indent)
        self.position = line.number + 1
        return self.scalar(line.text, line)

    def sequence(self, indent: int) -> list[t.Any]:
        items: list[t.Any] = []
        while True:
            line = self.peek()
            if line is None or line.indent != indent or not (line.text == "-" or line.text.startswith("- ")):
                if line is not None and line.indent > indent:
                    raise Unreadable("line %d has an unexpected indent" % (line.number + 1))
                return items
            rest = line.text[1:].lstrip(" ")
            if not rest or rest.startswith("#"):
                self.position = line.number + 1
                following = self.peek()
                items.append(self.block(indent + 1) if following is not None and following.indent > indent else None)
                continue
            nested = indent + (len(line.text) - len(rest))
            if rest == "-" or rest.startswith("- ") or _key(rest):
                # The entry's first key stands on the dash's line: read it as if it stood on a line of its own.
                self.raw[line.number] = " " * nested + rest
                items.append(self.block(nested))
            else:
                self.position = line.number + 1
                items.append(self.value(rest, line, indent))

    def mapping(self, indent: int) -> dict[str, t.Any]:
        result: dict[str, t.Any] = {}
        while True:
            line = self.peek()
            if line is None or line.indent < indent or line.text in ("---", "..."):
                return result
            found = _key(line.text)
            if line.indent != indent or found is None:
                raise Unreadable("line %d is not 'key: value'" % (line.number + 1))
            key = self.scalar(found[0], line)
            if not isinstance(key, str):
                key = found[0]
            if key in result:
                raise Unreadable("line %d repeats the key" % (line.number + 1))
            rest = line.text[found[1] :]
            self.position = line.number + 1
            if rest and not rest.startswith("#"):
                result[key] = self.value(rest, line, indent)
                continue
            following = self.peek()
            dash = following is not None and (following.text == "-" or following.text.startswith("- "))
            if following is not None and (following.indent > indent or (following.indent == indent and dash)):
                result[key] = self.block(following.indent)
            else:
                result[key] = None

    def value(self, text: str, line: _Line, indent: int) -> t.Any:
        match = _BLOCK.match(text)
        if match:
            return self.block_scalar(match.group(1), match.group(2), indent)
        value = self.scalar(text, line)
        following = self.peek()
        if following is not None and following.indent > indent:
            raise Unreadable("line %d continues a scalar" % (following.number + 1))
        return value

    def block_scalar(self, style: str, chomping: str, parent_indent: int) -> str:
        lines: list[str] = []
        indent: int | None = None
        while self.position < len(self.raw):
            raw = self.raw[self.position]
            if raw.strip(" "):
                found = len(raw) - len(raw.lstrip(" "))
                if indent is None:
                    if found <= parent_indent:
                        break
                    indent = found
                if found < indent:
                    break
                lines.append(raw[indent:])
            else:
                lines.append(raw[indent:] if indent is not None else "")
            self.position += 1
        if self.position == len(self.raw) and not self.complete:
            raise Unreadable("a block that ends without a newline")
        trailing = 0
        while lines and not lines[-1]:
            lines.pop()
            trailing += 1
        if style == ">":
            if any(not line or line.startswith(" ") for line in lines):
                raise Unreadable("a folded block with blank or indented lines")
            text = " ".join(lines)
        else:
            text = "\n".join(lines)
        if not lines:
            return "\n" * trailing if chomping == "+" else ""
        if chomping == "-":
            return text
        return text + "\n" * (1 + trailing if chomping == "+" else 1)

    def scalar(self, text: str, line: _Line) -> t.Any:
        if text[0] == "'":
            match = _SINGLE_QUOTED.match(text)
            if match:
                return match.group(1).replace("''", "'")
        elif text[0] == '"':
            match = _DOUBLE_QUOTED.match(text)
            if match:
                return self.double_quoted(match.group(1), line)
        elif text[0] not in "[]{}&*!|>%@`,#" and text not in ("?", "-") and not text.startswith(("? ", "- ")):
            plain = _without_comment(text)
            if not re.search(r":(\s|\Z)", plain):
                return self.plain(plain, line)
        elif re.match(r"(\{\s*\}|\[\s*\])\s*(#.*)?\Z", text):
            return {} if text[0] == "{" else []
        elif text[0] in "[{":
            return _json(text)
        raise Unreadable("line %d has a value outside the subset" % (line.number + 1))

    def double_quoted(self, quoted: str, line: _Line) -> str:
        def character(match: re.Match[str]) -> str:
            digits = match.group(1) or match.group(2) or match.group(3)
            return chr(int(digits, 16)) if digits else _ESCAPES[match.group(4)]

        inside = quoted[1:-1]
        try:
            if _NOT_IN_TEXT.search(inside):
                raise ValueError
            text = _ESCAPE.sub(character, inside)
            # JSON writes some characters as pairs.
            return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16")
        except (ValueError, KeyError, OverflowError):
            raise Unreadable("line %d has an escape that YAML has not" % (line.number + 1)) from None

    def plain(self, text: str, line: _Line) -> t.Any:
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if len(text) > _LONGEST_NUMBER and (_INTEGER.match(text) or _FLOAT.match(text)):
            raise Unreadable(f"line {line.number + 1} has a number of too many digits")
        if _INTEGER.match(text):
            return int(text)
        if _FLOAT.match(text):
            return float(text)
        if is_ambiguous(text):
            raise Unreadable(f"line {line.number + 1} has a value that the versions of YAML read differently")
        return text


__all__ = ("Unreadable", "is_ambiguous", "read_yaml")
