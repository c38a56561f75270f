# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blocks of PEM texts."""

from __future__ import annotations

import time

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pem import Block, blocks

ONE = b"-----BEGIN A-----\nYQ==\n-----END A-----"


@pytest.mark.parametrize(
    ("pem", "labels"),
    [
        (ONE, [b"A"]),
        (b"text " + ONE + b"\n" + ONE.replace(b"A-", b"B C-") + b"\n", [b"A", b"B C"]),
        (b"-----BEGIN A-----\n" + ONE.replace(b"A-", b"B-"), [b"B"]),
        (b"-----BEGIN A-----", []),
        (b"-----BEGIN " + b"A" * 100 + b"-----" + ONE, [b"A"]),
        (b"-----BEGIN A\n-----" + ONE, [b"A"]),
        (b"", []),
    ],
)
def test_blocks(pem: bytes, labels: list[bytes]) -> None:
    """Breaks keys beside certificates, as the kubelet writes its files."""
    assert [block.label for block in blocks(pem)] == labels


def test_what_is_in_them() -> None:
    """Breaks the certificate that is compared with what a server shows."""
    assert list(blocks(b"x\n" + ONE + b"\ny")) == [Block(b"A", b"\nYQ==\n", ONE)]


@pytest.mark.parametrize(
    "pem",
    [b"-----BEGIN CERTIFICATE-----\n" * 200_000, b"-----BEGIN " * 500_000, b"-" * 5_000_000, ONE * 100_000],
    ids=["begins", "labels", "dashes", "many"],
)
def test_hostile_texts_end(pem: bytes) -> None:
    """Breaks a run when a file on the host takes time by the square of its size: these took minutes."""
    start = time.process_time()
    assert len(list(blocks(pem))) in (0, 100_000)
    assert time.process_time() - start < 5


def test_beginnings_of_many_kinds_end() -> None:
    """Breaks the same where each beginning has a label of its own."""
    start = time.process_time()
    assert list(blocks(b"".join(b"-----BEGIN %d-----" % number for number in range(200_000)))) == []
    assert time.process_time() - start < 5
