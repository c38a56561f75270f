# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""SELinux and AppArmor: settings with which static pods do not start."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host

_CONTAINER_POLICIES = (
    "/usr/share/selinux/packages/container.pp.bz2",
    "/usr/share/selinux/packages/targeted/container.pp.bz2",
    "/var/lib/selinux/targeted/active/modules/200/container",
    "/etc/selinux/targeted/active/modules/200/container",
)


def gather(host: Host, _config: Config) -> dict[str, t.Any]:
    """C(selinux_enforces), C(selinux_knows_containers), C(apparmor), C(apparmor_parser)."""
    return {
        "selinux_enforces": (host.text("/sys/fs/selinux/enforce") or "").strip() == "1",
        "selinux_knows_containers": any(host.exists(path) for path in _CONTAINER_POLICIES),
        "apparmor": (host.text("/sys/module/apparmor/parameters/enabled") or "").strip() == "Y",
        "apparmor_parser": host.command("apparmor_parser"),
    }


def check(_config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Enforcing SELinux needs the policy for containers; where AppArmor is on, the runtime needs its parser."""
    blind = facts["selinux_enforces"] and not facts["selinux_knows_containers"]
    found = "not enforcing"
    if facts["selinux_enforces"]:
        found = "enforcing, {} a policy for containers".format("without" if blind else "with")
    cure = "Install container-selinux, or set SELinux to permissive: setenforce 0 and SELINUX=permissive in /etc/selinux/config."
    selinux = Check("SELinux", WARNING, not blind, found, "permissive, or a policy for containers", cure)
    lacking = facts["apparmor"] and not facts["apparmor_parser"]
    found = "off" if not facts["apparmor"] else "on, apparmor_parser {}".format("not found" if lacking else "found")
    cure = "Install the package apparmor; without its parser the runtime cannot start containers."
    return [selinux, Check("AppArmor", WARNING, not lacking, found, "off, or on with apparmor_parser", cure)]


__all__ = ("check", "gather")
