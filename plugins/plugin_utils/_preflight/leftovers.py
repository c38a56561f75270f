# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Leftovers: what an earlier install left on a host without a control plane."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBELET_DIR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check


def check(_config: Config, facts: t.Mapping[str, t.Any], manifest_facts: t.Mapping[str, t.Any]) -> list[Check]:
    """A warning only: a run that was cut off leaves some of this, and the next one goes on with it."""
    found = list(facts["files"])
    found += ["{} pods in {}/pods".format(facts["pods"], KUBELET_DIR)] if facts["pods"] else []
    found += [f"the network interface {name}" for name in facts["interfaces"]]
    if manifests.is_control_plane(manifest_facts):
        found = []
    cure = "If this host belonged to another cluster: kubeadm reset --force, ip link delete of the interfaces, and a restart."
    wanted = "a host without another cluster's files, pods and interfaces"
    return [Check("Leftovers", WARNING, not found, ", ".join(found) or "none", wanted, cure)]


__all__ = ("check",)
