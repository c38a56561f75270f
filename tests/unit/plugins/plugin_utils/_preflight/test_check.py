# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which checks a list of names means."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import is_named


@pytest.mark.parametrize(
    ("names", "named"),
    [
        ([], False),
        (["Mem"], True),
        (["mem"], True),
        (["MEM", "x"], True),
        (["all"], True),
        (["ALL"], True),
        (["Me"], False),
    ],
)
def test_names(names: list[str], named: bool) -> None:
    """K2: breaks kubewright_ignore_preflight_errors: kubeadm takes names in any case, and all."""
    assert is_named("Mem", names) is named


@given(name=st.text(string.ascii_letters + "-", min_size=1), others=st.lists(st.text(string.ascii_letters + "-")))
def test_a_name_means_itself(name: str, others: list[str]) -> None:
    """Breaks a waiver for some name, or waives what nobody named."""
    assert is_named(name, [*others, name.swapcase()])
    assert is_named(name, others) is (name.lower() in map(str.lower, others) or "all" in map(str.lower, others))
