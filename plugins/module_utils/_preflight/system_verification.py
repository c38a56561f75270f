# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What kubeadm's check SystemVerification looks at: the operating system, the kernel, cgroups and Docker."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import cgroups, docker_version, kernel

Facts = t.Dict[str, t.Any]

SYSTEM = "/proc/sys/kernel/ostype"


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> Facts:
    """The facts of the host: C(system), the operating system's name, and those of each part.

    question: those of C(kernel) and C(cgroups), and of C(docker), None where it is not asked.
    """
    docker = question["docker"]
    return {
        "system": (host.text(SYSTEM) or "").strip(),
        "kernel": kernel.gather(host, question["kernel"]),
        "cgroups": cgroups.gather(host, question["cgroups"]),
        "docker": docker_version.gather(host, docker) if docker is not None else None,
    }


__all__ = ("SYSTEM", "Facts", "gather")
