# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""SELinux and AppArmor: what is on, and what is there for them."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost

_CONTAINER_POLICIES = (
    "/usr/share/selinux/packages/container.pp.bz2",
    "/usr/share/selinux/packages/targeted/container.pp.bz2",
    "/var/lib/selinux/targeted/active/modules/200/container",
    "/etc/selinux/targeted/active/modules/200/container",
)


def gather(host: InspectedHost, _question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(selinux_enforces), C(selinux_knows_containers), C(apparmor), C(apparmor_parser)."""
    return {
        "selinux_enforces": (host.text("/sys/fs/selinux/enforce") or "").strip() == "1",
        "selinux_knows_containers": any(host.exists(path) for path in _CONTAINER_POLICIES),
        "apparmor": (host.text("/sys/module/apparmor/parameters/enabled") or "").strip() == "Y",
        "apparmor_parser": host.command("apparmor_parser"),
    }


__all__ = ("gather",)
