# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nodes of both kinds go by when they join."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._join import cluster as subject

SERVER = "https://192.0.2.1:6443"


@pytest.mark.parametrize("text", ["", "[]", "kind: ClusterConfiguration", "kubernetesVersion: 1.2.3.4"])
def test_a_configuration_without_a_version(text: str) -> None:
    """Breaks with a traceback on a cluster that was made otherwise."""
    with pytest.raises(KubewrightError):
        subject.version_of({"configuration": text})


@pytest.mark.parametrize(
    ("problem", "node", "server", "why"),
    [
        (None, "cp2", SERVER, ""),
        (None, "cp2", "https://192.0.2.2:6443", ""),
        (None, "cp2", "https://192.0.2.9:6443", "it names another API server (https://192.0.2.9:6443)"),
        (None, "old", SERVER, "its certificate is of the node old"),
        ("its certificate has expired", "cp2", SERVER, "its certificate has expired"),
        ("it is absent", "", "", "it is absent"),
    ],
)
def test_why_a_kubelet_cannot_log_in(problem: str | None, node: str, server: str, why: str) -> None:
    """Breaks the second run, in which each node joins again; or a node that was moved from another cluster."""
    identity = {"problem": problem, "node": node, "server": server}
    assert subject.problem_of(identity, "cp2", [SERVER, "https://192.0.2.2:6443"], ["cp2"]) == why


def test_a_node_that_was_deleted() -> None:
    """Breaks the host whose node somebody has deleted: its kubelet registers once, when it starts, and each run says that all is well."""
    identity = {"problem": None, "node": "cp2", "server": SERVER}
    assert subject.problem_of(identity, "cp2", [SERVER], ["cp1"]) == "the cluster has no node of its name any more"
