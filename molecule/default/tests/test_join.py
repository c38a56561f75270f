# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker that joins with the command that the playbook prints."""

from __future__ import annotations

import pathlib
import re
import shlex

from finished_node import Node
from kubeadm_joins import give_kubeadm, join_worker

WORKER = "default-worker1"


def test_worker_joins_by_kubeadm(node: Node, second_run: str, kubernetes_binaries: pathlib.Path) -> None:
    """Breaks when the printed command, the token, its rules, cluster-info or the uploaded configuration are wrong."""
    printed = re.search(r'"(kubeadm join [^"]+)"', second_run)
    assert printed is not None
    give_kubeadm(kubernetes_binaries, WORKER)
    join_worker(node, WORKER, shlex.split(printed.group(1)))
