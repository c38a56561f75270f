# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A look at what runs, of hosts that answer over real HTTP."""

from __future__ import annotations

import contextlib
import pathlib
import typing as t

import pytest
from healthy_by_files import BAD, KUBELET_CONFIG, Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import ControlPlane
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.look import look


@pytest.fixture(name="node")
def fixture_node(tmp_path: pathlib.Path, sound: pathlib.Path) -> t.Iterator[Node]:
    """A node on which all is well."""
    with contextlib.closing(Node(tmp_path, (sound / "ca.crt").read_bytes())) as node:
        yield node


def _worker(node: Node) -> ControlPlane:
    described = node.control_plane()
    endpoints = [item._replace(required=True) for item in described.endpoints if item.name == "kubelet"]
    return described._replace(endpoints=endpoints, components={})


def test_a_worker_that_is_well_is_not_waited_for(node: Node) -> None:
    """Breaks the time of a run that changes nothing: each worker is asked once more; or one that is not well is passed over."""
    assert look(_worker(node), node)["served"] == {}
    node.put(KUBELET_CONFIG, BAD)
    assert look(_worker(node), node)["served"] is None


def test_a_control_plane_without_its_api_server_is_waited_for(node: Node) -> None:
    """Breaks the wait: a control plane of which only the kubelet runs is taken for a worker that is well."""
    described = _worker(node)._replace(components=node.control_plane().components)
    assert "kube-apiserver" not in look(described, node)["running"]
    assert look(described, node)["served"] is None
