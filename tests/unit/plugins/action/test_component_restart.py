# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""component_restart on the controller: the control plane, and in check mode the files that are going to be written."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane

MakeConfig = t.Callable[..., Config]


REASONS = {"apiserver": "ends soon", "etcd/server": "ends soon"}


@pytest.mark.parametrize("check", [True, False])
def test_what_the_host_is_told(make_config: MakeConfig, check: bool) -> None:
    """Breaks check mode, which has to foresee the restarts for files that are not written; the run finds them there."""
    config = make_config("1.31.0")
    policy = "/etc/kubernetes/audit/audit.yaml"
    arguments = {"config": config.data, "reasons": REASONS, "kubelet_started": True, "files": [policy]}
    [(name, shipped)] = act("component_restart", arguments, {}, check=check).trips
    assert name == "component_restart"
    assert shipped["control_plane"] == control_plane(config).plain()
    assert (shipped["kubelet_started"], shipped["config"]) == (True, {})
    pki = "/etc/kubernetes/pki/"
    files = [pki + f"{name}.{end}" for name in ("apiserver", "etcd/server") for end in ("crt", "key")]
    assert set(shipped["planned"]) >= {*files, policy} if check else shipped["planned"] == []
    assert shipped["planned"] == sorted(shipped["planned"])


def _read(config: Config, **more: t.Any) -> dict[str, t.Any]:
    seen = {"running": ["kubelet", "etcd"], "manifests": ["etcd"], "reasons": {}, "served": None, **more}
    asked = {"wait_control_plane": control_plane(config).plain()}
    return {"files": {}, "asked": marks(asked), "answers": {"wait_control_plane": seen}}


CHANGED = {
    "reasons": REASONS,
    "files": ["/etc/kubernetes/audit/audit.yaml"],
    "kubelet_started": True,
    "changed_manifests": ["/etc/kubernetes/manifests/etcd.yaml"],
}


@pytest.mark.parametrize(
    ("seen", "changed", "asks"),
    [
        ({}, {}, False),
        ({"reasons": {"etcd": "older"}}, {}, True),
        *(({}, {name: value}, True) for name, value in CHANGED.items()),
        ({"running": [], "manifests": []}, CHANGED, False),
        # A kubelet that was away may have started it meanwhile, with what was there before.
        ({"running": []}, CHANGED, True),
        ({"running": []}, {}, False),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_what_was_read_is_enough(
    make_config: MakeConfig, seen: dict[str, t.Any], changed: dict[str, t.Any], asks: bool, check: bool
) -> None:
    """Breaks the time of a run that changes nothing, and of the first one; or what runs with older files goes on with them."""
    config = make_config("1.31.0")
    arguments = {"config": config.data, "read": _read(config, **seen), **changed}
    action = act("component_restart", arguments, {}, check=check)
    assert bool(action.trips) is asks
    assert "read" not in (action.shipped or {})
    assert asks or (action.result["changed"], action.result["restarted"]) == (False, {})


def test_kube_vip_is_looked_at(make_config: MakeConfig) -> None:
    """Breaks the virtual address: kube-vip goes on with an admin.conf that a run which was cut off has renewed, and loses its lease."""
    address = {"address": "192.0.2.40", "interface": "eth0", "image": "example.com/kube-vip:v0.9.1"}
    config = make_config("1.31.0", virtual_address=address)
    assert len(act("component_restart", {"config": config.data, "read": _read(config)}, {}).trips) == 1
