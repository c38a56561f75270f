# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The blocks of a PEM text (RFC 7468), found in one pass whatever the text holds."""

from __future__ import annotations

import typing as t

_BEGIN, _END, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_LONGEST_LABEL = 64
# Each is looked for once to the end of the text.
_MOST_ENDLESS = 16


class Block(t.NamedTuple):
    """label: as C(CERTIFICATE). body: between its two lines. text: with them."""

    label: bytes
    body: bytes
    text: bytes


def blocks(pem: bytes) -> t.Iterator[Block]:
    """The blocks that have an end, in their order."""
    position = 0
    # What has no end once has none later.
    endless: set[bytes] = set()
    while True:
        begin = pem.find(_BEGIN, position)
        if begin == -1:
            return
        body = begin + len(_BEGIN)
        close = pem.find(_DASHES, body, body + _LONGEST_LABEL + len(_DASHES))
        label = pem[body:close]
        position = body
        if close == -1 or b"\n" in label or label in endless:
            continue
        closing = _END + label + _DASHES
        end = pem.find(closing, close)
        if end == -1:
            endless.add(label)
            if len(endless) > _MOST_ENDLESS:
                return
            continue
        position = end + len(closing)
        yield Block(label, pem[close + len(_DASHES) : end], pem[begin:position])


__all__ = ("Block", "blocks")
