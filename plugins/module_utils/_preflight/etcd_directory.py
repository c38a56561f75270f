# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The data folder of etcd, and its disk."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.folders import existing_parent


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What is in the data folder and under it.

    C(entries): names, or None. C(unusable): it is no folder, or cannot be listed. C(free_bytes), C(free_inodes): of its file
    system, the latter None where it has no count. C(fdatasync_ms): None where it cannot be tried.
    question: C(path) of the folder, which need not be there yet.
    """
    path = str(question["path"])
    folder = existing_parent(host, path)
    entries = host.names(path)
    shown = None if entries is None else [line(name) for name in entries]
    facts: dict[str, t.Any] = {"entries": shown, "fdatasync_ms": host.fdatasync_ms(folder)}
    facts["unusable"] = entries is None and host.exists(path)
    space = host.space(folder)
    if space is None:
        return dict(facts, free_bytes=None, free_inodes=None)
    return dict(facts, free_bytes=space.free_bytes, free_inodes=space.free_inodes)


__all__ = ("gather",)
