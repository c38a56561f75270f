# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""component_restart on a host where no control plane runs."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.modules import component_restart
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane


@pytest.mark.parametrize("check", [True, False])
def test_a_blank_host(run_module: t.Callable[..., t.Any], make_config: t.Callable[..., t.Any], check: bool) -> None:
    """Breaks the first run and its plan: nothing runs yet, so nothing is restarted, also for files that are to come."""
    arguments = {
        "config": {},
        "control_plane": control_plane(make_config("1.16.0")).plain(),
        "reasons": {"apiserver": "missing", "/etc/kubernetes/kubelet.conf": "missing"},
        "changed_manifests": ["/etc/kubernetes/manifests/etcd.yaml"],
    }
    run = run_module("component_restart", arguments, check=check)
    assert (run.code, run.result["changed"], run.result["restarted"]) == (0, False, {})


@pytest.mark.parametrize("component", ["etcd", "kube-apiserver"])
def test_etcd_is_not_stopped_while_another_member_is_away(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    component: str,
) -> None:
    """Breaks the cluster: a restart takes the quorum away; or nothing can be restarted any more while a member is away."""
    done: list[str] = []

    def refuse(_host: t.Any) -> None:
        raise KubewrightError("cp2 is away")

    class Measured:
        """In place of the API server's absence."""

        def __init__(self, *_given: t.Any) -> None:
            """Nothing."""

        def __enter__(self) -> t.Any:
            return self

        def __exit__(self, *_given: object) -> None:
            """Nothing."""

        def keep(self, _warn: t.Any) -> None:
            """Nothing."""

    processes = {component: Process(7, (component,), 0.0)}
    monkeypatch.setattr(component_restart, "outdated", lambda *_given: (processes, {component: "x"}))
    monkeypatch.setattr(component_restart, "refuse_to_stop", refuse)
    monkeypatch.setattr(component_restart, "restart_components", lambda *_given: done.append(component))
    monkeypatch.setattr(component_restart, "Away", Measured)
    run = run_module("component_restart", {"config": {}, "control_plane": control_plane(make_config("1.31.0")).plain()})
    if component == "etcd":
        assert (run.code, done) == (1, [])
        assert "cp2 is away" in run.result["msg"]
    else:
        assert (run.code, done) == (0, [component])
