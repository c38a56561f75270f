# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an earlier install left, on a host with and without a control plane."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import leftovers

MakeConfig = t.Callable[..., Config]


LEFT = {"files": ["/etc/kubernetes/admin.conf"], "pods": 3, "interfaces": ["cni0"]}
NONE: dict[str, t.Any] = {"files": [], "pods": 0, "interfaces": []}
OURS = {"files": {"kube-apiserver.yaml": {"pod": "kube-system/kube-apiserver", "etcd_data_dir": None}}}


def test_what_is_told(make_config: MakeConfig) -> None:
    """Breaks the warning of a host that belonged to another cluster, or warns of a control plane of its own."""
    config = make_config("1.31.0")
    [found], [none], [ours] = (
        leftovers.check(config, facts, manifests)
        for facts, manifests in ((LEFT, {"files": {}}), (NONE, {"files": {}}), (LEFT, OURS))
    )
    words = "/etc/kubernetes/admin.conf, 3 pods in /var/lib/kubelet/pods, the network interface cni0"
    assert (found.severity, found.passed, found.found) == ("warning", False, words)
    assert (none.passed, none.found, ours.passed) == (True, "none", True)
