# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""diagnosis_info on a host where no control plane is."""

from __future__ import annotations

import typing as t

import pytest


@pytest.mark.parametrize("check", [True, False])
def test_a_host_without_a_control_plane(run_module: t.Callable[..., t.Any], check: bool) -> None:
    """Breaks on a blank host: a traceback, or one that is called healthy."""
    run = run_module("diagnosis_info", {}, check=check)
    assert (run.code, run.result["changed"], run.result["healthy"]) == (0, False, False)
    assert run.result["components"] == {"kubelet": "no process of it runs"}
    assert all(
        set(item) == {"component", "fault", "acute", "sure", "cause", "evidence", "cure"}
        for item in run.result["findings"]
    )
    assert any(item["acute"] for item in run.result["findings"])
