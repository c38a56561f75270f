# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control plane as it is said to the host."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._running import control_plane as on_host
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane

MakeConfig = t.Callable[..., Config]


def test_logs_elsewhere(make_config: MakeConfig) -> None:
    """Breaks the reasons of a failed wait where the kubelet has its logs in another folder."""
    assert control_plane(make_config("1.37.0")).pod_logs == "/var/log/pods"
    elsewhere = make_config("1.37.0", kubelet_configuration={"podLogsDir": "/srv/pods"})
    assert control_plane(elsewhere).pod_logs == "/srv/pods"


def test_the_kubelets_own_pair(make_config: MakeConfig) -> None:
    """Breaks the kubelet's server where its pair is the user's: it goes on with the one that it was started with until 1.30."""
    given = {"tlsCertFile": "/srv/kubelet.crt", "tlsPrivateKeyFile": "/srv/kubelet.key"}
    found = {minor: control_plane(make_config(f"1.{minor}.0", kubelet_configuration=given)) for minor in (20, 30, 31)}
    assert [found[minor].kubelet_once for minor in (20, 30, 31)] == [list(given.values()), list(given.values()), []]
    assert control_plane(make_config("1.20.0")).kubelet_once == []


def test_the_host_reads_what_the_controller_says(make_config: MakeConfig) -> None:
    """Breaks every wait and restart: what is lost on the way, in any minor, is not watched."""
    volumes = [{"name": "certs", "hostPath": "/srv/certs", "mountPath": "/certs"}]
    for minor in range(12, 38):
        described = control_plane(make_config(f"1.{minor}.0", apiserver_extra_volumes=volumes))
        assert on_host.control_plane(json.loads(json.dumps(described.plain()))) == described
