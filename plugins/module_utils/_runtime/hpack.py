# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The header fields of an answer over HTTP/2 (RFC 7541), for a client that has announced a dynamic table of size 0.

What a gRPC server says when a call fails stands in header fields behind the answer, and nowhere else.
"""

from __future__ import annotations

import typing as t

# The static table, as far as an answer uses it for something that is read here: its status.
_STATUS = {8: "200", 9: "204", 10: "206", 11: "304", 12: "400", 13: "404", 14: "500"}
_STATIC_ENTRIES = 61
_END = 256
# The Huffman code is canonical: its symbols by the length of their codes say all (RFC 7541, appendix B).
_SYMBOLS: t.Mapping[int, t.Sequence[int]] = {
    5: tuple(b"012aceiost"),
    6: tuple(b" %-./3456789=A_bdfghlmnpru"),
    7: tuple(b":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
    8: tuple(b"&*,;XZ"),
    10: tuple(b'!"()?'),
    11: tuple(b"'+|"),
    12: tuple(b"#>"),
    13: tuple(b"\x00$@[]~"),
    14: tuple(b"^}"),
    15: tuple(b"<`{"),
    19: (92, 195, 208),
    20: (128, 130, 131, 162, 184, 194, 224, 226),
    21: (153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230),
    22: (
        *(129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196),
        *(198, 228, 232, 233),
    ),
    23: (
        *(1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180),
        *(182, 183, 188, 191, 197, 231, 239),
    ),
    24: (9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237),
    25: (199, 207, 234, 235),
    26: (192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255),
    27: (203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254),
    28: (*range(2, 9), 11, 12, *range(14, 22), *range(23, 32), 127, 220, 249),
    30: (10, 13, 22, _END),
}


class Unreadable(ValueError):
    """Not the header fields of an answer."""


def _codes() -> dict[tuple[int, int], int]:
    """The symbol of each code, by its length and value."""
    codes = {}
    code = last = 0
    for length, symbols in _SYMBOLS.items():
        code <<= length - last
        last = length
        for symbol in symbols:
            codes[length, code] = symbol
            code += 1
    return codes


_CODES = _codes()


def huffman(data: bytes) -> bytes:
    """What a Huffman code stands for. Raises Unreadable."""
    found = bytearray()
    code = length = 0
    for byte in data:
        for shift in range(7, -1, -1):
            code, length = code << 1 | byte >> shift & 1, length + 1
            symbol = _CODES.get((length, code))
            if symbol == _END or length > max(_SYMBOLS):
                raise Unreadable("a wrong Huffman code")
            if symbol is not None:
                found.append(symbol)
                code = length = 0
    # The rest of the last byte is filled with ones.
    if length > 7 or code != (1 << length) - 1:
        raise Unreadable("a Huffman code that is cut off")
    return bytes(found)


def _integer(block: bytes, position: int, bits: int) -> tuple[int, int]:
    """A number that begins in the last bits of a byte, and the position behind it."""
    most = (1 << bits) - 1
    value = block[position] & most
    position += 1
    if value < most:
        return value, position
    for shift in range(0, 35, 7):
        byte = block[position]
        value += (byte & 0x7F) << shift
        position += 1
        if not byte & 0x80:
            return value, position
    raise Unreadable("a number that does not end")


def _text(block: bytes, position: int) -> tuple[str, int]:
    coded = block[position] & 0x80
    size, position = _integer(block, position, 7)
    data = block[position : position + size]
    if len(data) < size:
        raise Unreadable("a text that is cut off")
    return (huffman(data) if coded else data).decode("utf-8", "replace"), position + size


def _name(index: int) -> str:
    if index > _STATIC_ENTRIES:
        raise Unreadable("a reference to a field of before")
    return ":status" if index in _STATUS else f"static {index}"


def decode(block: bytes) -> dict[str, str]:
    """The header fields of a block by their names. Raises Unreadable.

    Fields of the static table other than the status have no name of their own here.
    """
    fields: dict[str, str] = {}
    position = 0
    try:
        while position < len(block):
            first = block[position]
            if first & 0x80:
                index, position = _integer(block, position, 7)
                fields[_name(index)] = _STATUS.get(index, "")
            elif first & 0xE0 == 0x20:
                # A new size of the dynamic table, which stays empty.
                _size, position = _integer(block, position, 5)
            else:
                index, position = _integer(block, position, 6 if first & 0x40 else 4)
                if index:
                    name = _name(index)
                else:
                    name, position = _text(block, position)
                fields[name], position = _text(block, position)
    except IndexError:
        raise Unreadable("fields that are cut off") from None
    return fields


__all__ = ("Unreadable", "decode", "huffman")
