# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the servers of a control plane show, asked of a real server."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest
from health_server import Server, serving

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import (
    Component,
    ControlPlane,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.shown import served

CONTROL_PLANE = ControlPlane("/ca.crt", "cp1", "/logs", "/ca.crt", 1.0, 1.0, [], {"kube-apiserver": Component({})})


class _Host(WatchedHost):
    """A host whose API server listens at a port and reads a file."""

    def __init__(self, root: pathlib.Path, port: int) -> None:
        super().__init__(lambda _argv: Result(127, "", ""), str(root))
        self._port = port

    def component(self, name: str) -> list[Process]:
        """The API server."""
        flags = ("--tls-cert-file=/pair.pem", f"--secure-port={self._port}", "--bind-address=127.0.0.1")
        return [Process(1, (name, *flags), 0.0)] if name == "kube-apiserver" else []


@pytest.fixture
def server(tmp_path: pathlib.Path, now: datetime.datetime) -> t.Iterator[Server]:
    """A server that shows what is in pair.pem."""
    with serving(tmp_path, now) as started:
        yield started


def test_what_is_on_the_host(tmp_path: pathlib.Path, server: Server) -> None:
    """Breaks the result of a wait: which certificate each server shows, and from which file."""
    found = served(_Host(tmp_path, server.ports["https"]), CONTROL_PLANE, 0.0)
    assert found["kube-apiserver"]["path"] == "/pair.pem"
    assert found["kube-apiserver"]["address"] == f"127.0.0.1:{server.ports['https']}"
    assert found["kube-apiserver"]["serial_number"]


def test_another_certificate_than_on_the_host(tmp_path: pathlib.Path, server: Server) -> None:
    """Breaks renewals: a server that goes on with its old certificate counts as well."""
    (tmp_path / "pair.pem").write_bytes((tmp_path / "ca.crt").read_bytes())
    with pytest.raises(KubewrightError, match=r"kube-apiserver at .* shows the certificate .*, not that of /pair.pem"):
        served(_Host(tmp_path, server.ports["https"]), CONTROL_PLANE, 0.0)
