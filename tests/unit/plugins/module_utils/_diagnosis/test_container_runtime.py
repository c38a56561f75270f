# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the container runtime answers; the one that does is a gRPC server at a socket of its own."""

from __future__ import annotations

import pathlib

import pytest
from diagnosed_node import Node

import grpc_server as server
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import container_runtime as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._runtime import grpc


def _at(node: Node, path: str, docker: bool = False) -> Situation:
    seen = node.situation("kubelet")
    return seen._replace(layout=seen.layout._replace(cri_socket=f"unix://{path}", docker=docker))


def _handler(call: server.Call) -> None:
    call.send(server.answer(grpc.text_field(2, "containerd")))


def test_one_that_answers(node: Node, tmp_path: pathlib.Path) -> None:
    """Breaks trust in it: a runtime that is well is called away."""
    with server.serving(tmp_path / "s", _handler) as path:
        assert list(subject.judge_runtime(_at(node, path))) == []


def test_none_that_answers(node: Node, tmp_path: pathlib.Path) -> None:
    """Breaks the diagnosis of a runtime that has ended."""
    node.systemd = "LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\n"
    (verdict,) = subject.judge_runtime(_at(node, str(tmp_path / "none")))
    assert (verdict.component, verdict.fault) == ("container runtime", "ContainerRuntimeDown")
    assert verdict.evidence[0] == f"{tmp_path}/none: No such file or directory"
    assert "containerd.service: failed (failed, exit-code)" in verdict.evidence


def test_another_one_answers(node: Node, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the diagnosis of a kubelet that was told of another socket."""
    with server.serving(tmp_path / "s", _handler) as path:
        monkeypatch.setattr(subject, "_WELL_KNOWN", (path,))
        monkeypatch.setattr(node, "exists", lambda _path: True)
        (verdict,) = subject.judge_runtime(_at(node, str(tmp_path / "none")))
    assert verdict.fault == "ContainerRuntimeSocketWrong"
    assert path in verdict.cure


def test_the_docker_engine(node: Node, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    """Breaks minors before 1.24 with the Docker engine."""
    monkeypatch.setattr(subject.docker_engine, "SOCKET", str(tmp_path / "none"))
    (verdict,) = subject.judge_runtime(_at(node, "", docker=True))
    assert verdict.fault == "ContainerRuntimeDown"
