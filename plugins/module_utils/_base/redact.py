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
    """How a text may stand in YAML, JSON and URLs."""
    escaped = json.dumps(secret)[1:-1]
    found = [secret, escaped, escaped.replace("/", "\\/"), "".join(map(_in_yaml, secret.replace('"', '\\"')))]
    found += [urllib.parse.quote(secret, safe=safe, errors="replace") for safe in ("/", ":")]
    return sorted(dict.fromkeys([*found, urllib.parse.unquote(secret)]), key=len, reverse=True)


def without_credentials(text: str, credentials: t.Sequence[str]) -> str:
    """A text without some C(user:password), wherever they stand before an C(@), with a scheme or without one."""
    for known in credentials:
        for spelling in _spellings(known):
            text = text.replace(spelling + "@", "***@").replace(spelling + "%40", "***%40")
    return text


__all__ = ("redacted", "without_credentials")
