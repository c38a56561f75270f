# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""SELinux and AppArmor: settings with which static pods do not start."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check


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


__all__ = ("check",)
