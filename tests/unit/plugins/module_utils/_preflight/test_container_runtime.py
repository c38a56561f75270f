# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read beside the runtime's socket."""

from __future__ import annotations

import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import container_runtime
from facts.hosts import RecordedHost

QUESTION = {"path": "/run/containerd/containerd.sock", "docker": False, "images": []}


def test_only_the_cgroup_driver_leaves_the_host(tmp_path: pathlib.Path) -> None:
    """Breaks when flags of the kubelet that hold a secret are in the facts, or the one that counts is not."""
    (tmp_path / "etc/default").mkdir(parents=True)
    text = 'KUBELET_EXTRA_ARGS="--token=secret --cgroup-driver=systemd"\nOTHER=--cgroup-driver=cgroupfs\n'
    (tmp_path / "etc/default/kubelet").write_text(text, encoding="utf-8")
    facts = container_runtime.gather(RecordedHost(tmp_path), QUESTION)
    assert facts["kubelet_flags"] == ["--cgroup-driver=systemd"]
    assert (facts["error"], facts["installed"]) == ("does not exist", [])
