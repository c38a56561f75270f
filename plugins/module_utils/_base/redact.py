# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Texts without what must not be shown."""

from __future__ import annotations

import json
import re
import typing as t
import urllib.parse

# What stands behind a scheme, up to what ends a URL in a list or a text.
_URL = re.compile(r"(:(?://|\\/\\/|%2[fF]%2[fF]))([^\s\"',]{1,4096})")


def _hidden(match: re.Match[str]) -> str:
    scheme, rest = match.groups()
    before, at, host = rest.rpartition("@")
    # A slash may be part of a password, and a digest of an image stands behind an at sign.
    is_path = "/" in before and ":" not in before.partition("/")[0]
    if not at or is_path or host.startswith("sha256:"):
        return match.group()
    return f"{scheme}***@{host}"


def redacted(text: str) -> str:
    """A text without the names and passwords in URLs (of proxies, for example)."""
    return _URL.sub(_hidden, text)


def _in_yaml(character: str) -> str:
    number = ord(character)
    if character.isascii():
        return character
    if number < 0x100:
        return f"\\x{number:02X}"
    return f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"


def _spellings(secret: str) -> list[str]:
    """How a text may stand in YAML, JSON and URLs, and in a document that is a text of another one."""
    escaped = json.dumps(secret)[1:-1]
    quoted = secret.replace("\\", "\\\\").replace('"', '\\"')
    found = [secret, escaped, escaped.replace("/", "\\/"), "".join(map(_in_yaml, quoted)), secret.replace("'", "''")]
    found += [text.replace("\\", "\\\\").replace('"', '\\"') for text in found]
    found += [urllib.parse.quote(secret, safe=safe, errors="replace") for safe in ("/", ":")]
    return sorted(dict.fromkeys([*found, urllib.parse.unquote(secret)]), key=len, reverse=True)


_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
# In a manifest, an environment variable and the line with its value.
_VARIABLE = re.compile(r"""(?im)\bname: ["']?[a-z0-9_]*_proxy["']?[ \t]*\n[ \t]*value: ([^\n]{1,4096})$""")


def split_proxy(value: str) -> tuple[str, str]:
    """C(user:password), or empty, and host and port of a proxy, whatever its URL looks like.

    Passwords hold anything, also slashes and at signs.
    """
    before, _at, host = _SCHEME.sub("", value, count=1).rpartition("@")
    return before.lstrip("/"), host.partition("/")[0]


def _scalar(text: str) -> str:
    """What a scalar of YAML on one line says, as far as a proxy's URL goes."""
    if text.startswith('"'):
        try:
            # What JSON has not, YAML writes as \\xNN and \\UNNNNNNNN.
            plain = re.sub(r"\\x([0-9A-Fa-f]{2})", r"\\u00\1", text.rstrip())
            return str(json.loads(re.sub(r"\\U([0-9A-Fa-f]{8})", lambda found: _in_json(found.group(1)), plain)))
        except ValueError:
            return text.strip('" ')
    return text.strip()[1:-1].replace("''", "'") if text.startswith("'") else text.strip()


def _in_json(digits: str) -> str:
    number = int(digits, 16)
    return json.dumps(chr(number))[1:-1] if number <= 0x10FFFF else ""


def longest_first(credentials: t.Iterable[str]) -> list[str]:
    """Each once, so that none is taken out of another one in part."""
    return sorted(set(credentials), key=lambda text: (-len(text), text))


def credentials_in(text: str) -> set[str]:
    """Each C(user:password) of the proxies in the environment of a manifest (YAML), which may be another one than is declared now."""
    # A document that is a text of another one stands there on one line.
    inner = "" if "\\n" not in text else text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
    values = [*_VARIABLE.findall(text), *_VARIABLE.findall(inner)]
    return {found for value in values if (found := split_proxy(_scalar(value))[0])}


def without_credentials(text: str, credentials: t.Sequence[str]) -> str:
    """A text without some C(user:password), wherever they stand before an C(@), with a scheme or without one."""
    for known in credentials:
        for spelling in _spellings(known):
            text = text.replace(spelling + "@", "***@").replace(spelling + "%40", "***%40")
    return text


__all__ = ("credentials_in", "longest_first", "redacted", "split_proxy", "without_credentials")
