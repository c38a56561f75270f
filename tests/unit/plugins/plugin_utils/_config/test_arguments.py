# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of command line arguments."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.arguments import command_arguments

DEFAULTS = {"b": "1", "d": "2", "a": "3"}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("overrides_first", ["--c=x", "--d=9", "--a=3", "--b=1"]),
        ("sorted", ["--a=3", "--b=1", "--c=x", "--d=9"]),
        ("overrides_last", ["--a=3", "--b=1", "--d=9", "--c=x"]),
    ],
)
def test_order(order: str, expected: list[str]) -> None:
    """Breaks when the arguments stand in another order than that minor's kubeadm writes, which restarts the pod."""
    assert command_arguments(DEFAULTS, [("d", "9"), ("c", "x")], order) == expected


def test_an_override_replaces_the_default_and_may_repeat() -> None:
    """Breaks when a default survives beside the user's value, or one of two repeats is lost."""
    repeated = [("a", "second"), ("a", "first")]
    assert command_arguments({"a": "0"}, repeated, "sorted") == ["--a=first", "--a=second"]
    assert command_arguments({"a": "0"}, repeated, "overrides_last") == ["--a=second", "--a=first"]


def test_an_empty_value_keeps_the_equals_sign() -> None:
    """Breaks the empty signing flags of an external CA."""
    assert command_arguments({"cluster-signing-key-file": ""}, [], "sorted") == ["--cluster-signing-key-file="]
