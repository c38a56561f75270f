# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Durations as Go reads and writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.duration import (
    nanoseconds,
    normal_form,
    seconds,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("4m0s", 240.0),
        ("24h0m0s", 86400.0),
        ("8760h", 31536000.0),
        ("1h30m", 5400.0),
        ("1.5h", 5400.0),
        ("250ms", 0.25),
        ("1m250ms", 60.25),
        ("0", 0.0),
        ("0s", 0.0),
    ],
)
def test_seconds(duration: str, expected: float) -> None:
    """Breaks certificate ends, token ends and waits; ms must not be read as m followed by s."""
    assert seconds(duration) == pytest.approx(expected)


@pytest.mark.parametrize("duration", ["", "4", "4 m", "m", "4m0", "1.2.3s", "4d", "forever", ".s"])
def test_what_is_no_duration(duration: str) -> None:
    """Breaks when a text without a unit counts as some number of seconds."""
    with pytest.raises(KubewrightError, match="duration"):
        seconds(duration)


@pytest.mark.parametrize(
    ("duration", "normal"),
    [
        ("300s", "5m0s"),
        ("90m", "1h30m0s"),
        ("1.5h", "1h30m0s"),
        ("61s", "1m1s"),
        ("0", "0s"),
        ("0h", "0s"),
        ("100ms", "100ms"),
        ("1.5ms", "1.5ms"),
        ("1500us", "1.5ms"),
        ("15us", "15\u00b5s"),
        ("7ns", "7ns"),
        ("8760h", "8760h0m0s"),
        ("-90s", "-1m30s"),
        ("1m0.25s", "1m0.25s"),
    ],
)
def test_normal_form(duration: str, normal: str) -> None:
    """Breaks when a duration is not written as kubeadm writes it, so that a second reader sees a difference."""
    assert normal_form(duration) == normal


@given(st.integers(min_value=-(10**18), max_value=10**18))
def test_the_normal_form_means_the_same(value: int) -> None:
    """Breaks when a duration is another one after it was written."""
    assert nanoseconds(normal_form(f"{value}ns")) == value


@pytest.mark.parametrize("text", ["1" * 5000 + "s", "1." + "1" * 5000 + "s", "1s" * 100_000])
def test_digits_without_end(text: str) -> None:
    """Breaks with a traceback of int, which takes no more than 4300 digits."""
    with pytest.raises(KubewrightError):
        nanoseconds(text)
