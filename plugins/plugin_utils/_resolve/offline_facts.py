# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The facts of a host that is not asked: from the inventory, from what the user says of it, and plain assumptions."""

from __future__ import annotations

import platform
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.facts import Facts, is_global_unicast


def _address(text: t.Any) -> str | None:
    parsed = network.parse_ip(str(text))
    return str(parsed) if parsed is not None and is_global_unicast(str(parsed)) else None


def offline_facts(variables: t.Mapping[str, t.Any], given: t.Mapping[str, t.Any]) -> Facts:
    """The facts in the shape of C(_host.facts.gather).

    variables: the host's, of which its name and C(ansible_host) are taken. given: kubewright_render_facts.
    """
    facts: Facts = {
        "hostname": str(variables["inventory_hostname"]).lower(),
        "default_address": _address(variables.get("ansible_host")) or _address(variables["inventory_hostname"]),
        "directories": [],
        "controller_manager_mounts": None,
        "sockets": [],
        "systemd_resolved": False,
        "docker_cgroup_driver": None,
        "kubelet_version": None,
        "proxy_environment": {},
        "external_ca": False,
        "ca_key": False,
        "etcd_has_data": False,
        "etcd_joined": None,
        "python_version": platform.python_version(),
        "cryptography_error": None,
        "host_was_asked": False,
    }
    return dict(facts, **given)


__all__ = ("offline_facts",)
