# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Docker's answer about itself means, and whether it is asked."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.docker_version import gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import docker_version
from facts.hosts import RecordedHost

MakeConfig = t.Callable[..., t.Any]
DOCKERSHIM = "/var/run/dockershim.sock"


def test_an_answer_without_a_version(make_config: MakeConfig) -> None:
    """Breaks when what is no Docker passes."""
    facts = {"version": None, "driver": None, "error": "no Docker engine answers"}
    (row,) = docker_version.docker(make_config("1.20.2", cri_socket=DOCKERSHIM), facts)
    assert (row.passed, row.severity) == (False, "error")
    assert "systemctl start docker" in row.cure


class _HostWithClient(RecordedHost):
    """A host that has Docker's client, or has it not."""

    client: str | None = "/usr/bin/docker"

    def command(self, name: str) -> str | None:
        """Only Docker's is asked for."""
        assert name == "docker"
        return self.client


@pytest.mark.parametrize("client", ["/usr/bin/docker", None])
def test_a_docker_that_does_not_run(tmp_path: pathlib.Path, make_config: MakeConfig, client: str | None) -> None:
    """Breaks when Docker is stopped: kubeadm fails then, but not where there is no Docker at all."""
    config = make_config("1.20.2", cri_socket=DOCKERSHIM)
    asked = docker_version.question(config)
    assert asked is not None
    host = _HostWithClient(tmp_path)
    host.client = client
    rows = docker_version.docker(config, gather(host, asked))
    assert [(row.passed, row.severity) for row in rows] == ([(False, "error")] if client else [])
    assert all("No such file" in row.found for row in rows)


@pytest.mark.parametrize(
    ("version", "cri_socket", "kubelet"),
    [
        ("1.20.2", "/run/containerd/containerd.sock", "v1.20.2"),
        ("1.24.0", "unix:///var/run/dockershim.sock", "v1.23.0"),
        ("1.31.0", "unix:///run/containerd/containerd.sock", "v1.31.0"),
    ],
)
def test_docker_is_not_asked(make_config: MakeConfig, version: str, cri_socket: str, kubelet: str) -> None:
    """Breaks hosts with another runtime, and 1.24, which does not look at Docker even where an older kubelet uses it."""
    config = make_config(version, facts={"kubelet_version": kubelet}, cri_socket=cri_socket)
    assert docker_version.question(config) is None
    assert docker_version.docker(config, None) == []


@pytest.mark.parametrize(("version", "refused"), [("18.03.1-ce", False), ("dev", True)])
def test_the_cure_tells_whether_it_has_to_be_heeded(make_config: MakeConfig, version: str, refused: bool) -> None:
    """Breaks the cure of a warning, which asks for nothing."""
    facts = {"version": version, "driver": "overlay2", "error": None}
    (row,) = docker_version.docker(make_config("1.20.2", cri_socket=DOCKERSHIM), facts)
    assert ("kubewright_ignore_preflight_errors" in row.cure) == refused
