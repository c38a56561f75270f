# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""diagnosis_info on a host where no control plane is."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.diagnosed import DiagnosedHost


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


def test_a_worker_is_asked_for_its_kubelet_alone(run_module: t.Callable[..., t.Any]) -> None:
    """Breaks the report of workers: a blank one is told to write the manifests of a control plane."""
    run = run_module("diagnosis_info", {"kind": "worker"})
    assert run.code == 0
    assert not any(item["fault"].startswith("Manifest") for item in run.result["findings"])


def test_root_is_needed(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis by others than root: what they cannot read is called absent."""
    monkeypatch.setattr(DiagnosedHost, "user_id", lambda _self: 1000)
    run = run_module("diagnosis_info", {})
    assert run.code == 1
    assert run.result["msg"] == "diagnose: it needs root, who alone can read what a control plane has: set become: true"
