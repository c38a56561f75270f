# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Header fields of answers, by the examples of RFC 7541 and what damaged ones do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import grpc_server as server
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import hpack


@pytest.mark.parametrize(
    ("coded", "text"),
    [
        ("f1e3 c2e5 f23a 6ba0 ab90 f4ff", "www.example.com"),
        ("a8eb 1064 9cbf", "no-cache"),
        ("25a8 49e9 5ba9 7d7f", "custom-key"),
        ("d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff", "Mon, 21 Oct 2013 20:13:21 GMT"),
        (
            "94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
            "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        ),
    ],
)
def test_the_examples_of_the_rfc(coded: str, text: str) -> None:
    """Breaks the words of a registry: a wrong code turns them into others."""
    assert hpack.huffman(bytes.fromhex(coded)) == text.encode()


@given(st.binary())
def test_every_byte_has_its_code(data: bytes) -> None:
    """Breaks when two symbols share a code, or one has none."""
    assert hpack.huffman(server.huffman(data)) == data


@pytest.mark.parametrize("coded", [True, False])
def test_fields(coded: bool) -> None:
    """Breaks when fields behind the status, a new size of the table or a long value are misread."""
    block = b"\x20\x88" + server.field("grpc-status", "5", coded) + server.field("grpc-message", "x" * 300, coded)
    assert hpack.decode(block) == {":status": "200", "grpc-status": "5", "grpc-message": "x" * 300}
    assert hpack.decode(b"\x08\x03418") == {":status": "418"}


@pytest.mark.parametrize(
    "block",
    [b"\xbe", b"\x40\x03ab", b"\x40", b"\xff\xff\xff\xff\xff\xff\xff", b"\x40\x81\xf8", b"\x40\x84\xff\xff\xff\xff"],
    ids=["dynamic", "short", "nothing", "endless number", "zero padding", "end of string"],
)
def test_damaged_fields(block: bytes) -> None:
    """Breaks with a traceback, or a text that nobody sent."""
    with pytest.raises(hpack.Unreadable):
        hpack.decode(block)
