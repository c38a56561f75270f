# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quantities, as Go's package resource of k8s.io/apimachinery 0.37.2 reads and writes them (measured)."""

from __future__ import annotations

import fractions
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.quantity import from_json, parse
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import WrittenNumber


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (0.5, "500m"),
        (1.5, "1500m"),
        (1073741824, "1073741824"),
        ("1000m", "1"),
        (1000, "1k"),
        (1500, "1500"),
        ("1000k", "1M"),
        ("1024", "1024"),
        ("1024Ki", "1Mi"),
        ("1.5Gi", "1536Mi"),
        ("0.5Gi", "512Mi"),
        (1000.0, "1k"),
        ("1e3", "1e3"),
        ("0m", "0"),
        ("00", "0"),
        ("0.1n", "1n"),
        ("010", "010"),
        ("+5", "+5"),
        ("5.", "5."),
        (".5", "500m"),
        ("192000.e3", "192e6"),
        ("07049996000", "7049996k"),
        ("13.15Ei", "9223372036854775807"),
        ("-5300702480031820833000Mi", "-9223372036854775807"),
        (" 2Gi ", "2Gi"),
        (WrittenNumber("0123", 83), "83"),
    ],
)
def test_the_form_in_which_go_writes_it(value: t.Any, text: str) -> None:
    """Breaks a patch whose quantity is a number, or counts as a change at every run."""
    assert from_json(value).text == text


@pytest.mark.parametrize(
    "value", ["1GB", "lots", "1e", "0x10", "1_000", "", ".", "m", "1 Gi", True, None, [], "9" * 5000]
)
def test_what_is_no_quantity(value: t.Any) -> None:
    """Breaks the node: the kubelet drops the pod."""
    with pytest.raises(KubewrightError):
        from_json(value)


@given(
    number=st.integers(-(10**15), 10**15),
    digits=st.integers(0, 6),
    suffix=st.sampled_from(["", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "E-2"]),
)
def test_the_written_form_means_the_same(number: int, digits: int, suffix: str) -> None:
    """Breaks when the canonical form is another amount, or is not its own canonical form's amount."""
    text = f"{number // 10**digits if number >= 0 else -(-number // 10**digits)}"
    text += f".{abs(number) % 10**digits:0{digits}d}" if digits else ""
    first = parse(text + suffix)
    assert abs(first.value) <= fractions.Fraction(10**30)
    assert parse(first.text).value == first.value
