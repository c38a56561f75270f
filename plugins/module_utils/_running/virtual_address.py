# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kube-vip, which reads the kubeconfig of the administrator once: with an older one it would lose its lease when that has ended."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import ADMIN_CONF
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import Process
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost

NAME = "kube-vip"


def outdated(host: WatchedHost, planned: t.Collection[str] = ()) -> list[Process]:
    """Its processes on the host that go by another admin.conf than lies there. planned: files that will be changed before, in check mode.

    A file that is mounted by itself stays the old one for a process when another takes its place.
    """
    return [
        process
        for process in host.component(NAME)
        if ADMIN_CONF in planned or host.sees_another(process.pid, ADMIN_CONF, ADMIN_CONF)
    ]


def restart(host: WatchedHost, processes: t.Sequence[Process]) -> None:
    """Ends them; the kubelet starts them again."""
    for process in processes:
        host.terminate(process)


__all__ = ("NAME", "outdated", "restart")
