# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""CPUs and memory."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost


def gather(host: InspectedHost, _question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(cpus): those that this process may use, as Go counts them. C(memory_mb): all, in MiB."""
    memory = 0
    for line in host.lines("/proc/meminfo"):
        if line.startswith("MemTotal:"):
            memory = int(line.split()[1]) // 1024
    return {"cpus": host.cpus(), "memory_mb": memory}


__all__ = ("gather",)
