# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a phase that is carried out with another one."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.carried import carry_out
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError


@pytest.mark.parametrize(("stale", "goes_on"), [([], True), (["/a"], False)])
def test_a_phase_that_was_carried_out(stale: list[str], goes_on: bool) -> None:
    """Breaks the seconds of a phase, or what comes after one that has to be read anew."""
    results: dict[str, dict[str, t.Any]] = {}
    clock = iter([1.0, 1.25])
    assert carry_out("etcd", lambda: {"changed": True, "stale": stale}, results, lambda: next(clock)) is goes_on
    assert results == {"etcd": {"changed": True, "stale": stale, "seconds": 0.25}}


def test_a_phase_that_fails() -> None:
    """Breaks the message of a phase that fails in the execution of another one, or hides an error of our own."""
    results: dict[str, dict[str, t.Any]] = {}

    def fail(error: Exception) -> t.Any:
        raise error

    assert carry_out("etcd", lambda: fail(KubewrightError("why")), results) is False
    assert results == {"etcd": {"failed": True, "msg": "etcd: why"}}
    with pytest.raises(ValueError, match="a bug"):
        carry_out("etcd", lambda: fail(ValueError("a bug")), results)
