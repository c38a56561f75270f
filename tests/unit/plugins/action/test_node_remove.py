# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of node_remove."""

from __future__ import annotations

from acting import act


def test_the_plan() -> None:
    """Breaks the plan: what goes is not in it."""
    removed = ["etcd member cp3", "Node cp3", "ConfigMap kube-system/kubeadm-config"]
    action = act("node_remove", {"name": "cp3"}, {}, {"changed": True, "removed": removed})
    assert [(row["artefact"], row["action"]) for row in action.result["planned"]] == [
        ("etcd member cp3", "remove"),
        ("Node cp3", "remove"),
        ("ConfigMap kube-system/kubeadm-config", "change"),
    ]
    failed = act("node_remove", {"name": "cp3"}, {}, {"failed": True, "msg": "remove: x"})
    assert failed.result["planned"] == []
