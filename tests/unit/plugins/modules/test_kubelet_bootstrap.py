# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubelet_bootstrap on a host without a kubelet."""

from __future__ import annotations

import typing as t

import pytest

ARGUMENTS = {"config": {}, "server": "https://h:6443", "ca": "CA", "node": "worker1"}


@pytest.mark.parametrize(("state", "changed"), [("present", True), ("absent", False)])
def test_check_mode(run_module: t.Callable[..., t.Any], state: str, changed: bool) -> None:
    """Breaks --check: the kubelet is stopped."""
    run = run_module("kubelet_bootstrap", dict(ARGUMENTS, state=state), check=True)
    assert (run.code, run.result["changed"]) == (0, changed)
