# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kube-vip, and the kubeconfig that it reads once."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import ADMIN_CONF
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import virtual_address as subject


class _Host(WatchedHost):
    """One on which kube-vip runs. ended: the processes that were ended."""

    def __init__(self, root: pathlib.Path, is_stale: bool) -> None:
        super().__init__(lambda _argv: Result(127, "", ""), str(root))
        self.is_stale, self.ended = is_stale, t.cast("list[int]", [])

    def component(self, name: str) -> list[Process]:
        """This process."""
        return [Process(os.getpid(), (name, "manager"), 1.0)] if name == "kube-vip" else []

    def sees_another(self, pid: int, path: str, host_path: str) -> bool:
        """As it was made."""
        assert (pid, path, host_path) == (os.getpid(), ADMIN_CONF, ADMIN_CONF)
        return self.is_stale

    def terminate(self, wanted: Process) -> None:
        """Keeps it."""
        self.ended.append(wanted.pid)


@pytest.mark.parametrize(
    ("is_stale", "planned", "is_restarted"),
    [(True, (), True), (False, (), False), (False, (ADMIN_CONF,), True), (False, ("/etc/x",), False)],
)
def test_who_goes_by_another_kubeconfig(
    tmp_path: pathlib.Path, is_stale: bool, planned: t.Sequence[str], is_restarted: bool
) -> None:
    """Breaks the endpoint a year later: kube-vip goes on with a certificate that ends, or is restarted in every run."""
    host = _Host(tmp_path, is_stale)
    found = subject.outdated(host, planned)
    assert bool(found) is is_restarted
    subject.restart(host, found)
    assert host.ended == [process.pid for process in found]
