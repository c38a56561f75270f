# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_keep on a host where no control plane runs."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import keep
from ansible_collections.kubewright.control_plane.plugins.modules import host_keep
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane

PATH = "/etc/kubernetes/manifests/kube-apiserver.yaml"


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_kept_where_nothing_runs(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    check: bool,
) -> None:
    """Breaks a second run on a host whose first one failed: what never was healthy would be put back."""
    saved: list[t.Any] = []
    held: list[bool] = []
    monkeypatch.setattr(keep, "save", lambda *given: saved.append(given))
    monkeypatch.setattr(keep, "load", lambda _host: held.append(bool(lock._held)))
    arguments = {
        "phase": "control_plane",
        "paths": [PATH],
        "control_plane": control_plane(make_config("1.31.0")).plain(),
    }
    run = run_module("host_keep", arguments, check=check)
    assert (run.code, run.result["changed"], run.result["kept"], saved) == (0, False, [], [])
    assert held == ([] if check else [True])


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/etc/kubernetes/manifests/etcd.yaml", True),
        ("/etc/kubernetes/pki/etcd/peer.crt", True),
        (PATH, False),
        ("/etc/kubernetes/pki/apiserver.crt", False),
    ],
)
def test_the_quorum_is_looked_at_before_etcd_is_stopped(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    asked: bool,
) -> None:
    """Breaks the cluster whose other member is away: a change takes its quorum."""

    def refuse(_host: t.Any) -> None:
        raise KubewrightError("another member is away")

    monkeypatch.setattr(host_keep, "refuse_to_stop", refuse)
    monkeypatch.setattr(keep, "load", lambda _host: None)
    plane = control_plane(make_config("1.31.0")).plain()
    run = run_module("host_keep", {"phase": "etcd", "paths": [path], "control_plane": plane})
    assert (run.code == 1) is asked
    if asked:
        assert "another member is away" in run.result["msg"]
