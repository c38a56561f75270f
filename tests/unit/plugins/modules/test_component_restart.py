# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""component_restart on a host where no control plane runs."""

from __future__ import annotations

import typing as t

import pytest

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
