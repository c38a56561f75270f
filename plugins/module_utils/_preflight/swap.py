# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Swap."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host


def gather(host: Host, _config: Config) -> dict[str, t.Any]:
    """C(swaps): the files and partitions that are in use."""
    return {"swaps": [line.split()[0] for line in host.lines("/proc/swaps")[1:] if line.strip()]}


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """No swap. An error until 1.22, unless the kubelet is told to bear it."""
    swaps = facts["swaps"]
    tolerated = config.kubelet.get("failSwapOn") is False
    severity = WARNING if tolerated else config.release.preflight_swap_severity
    found = "swap on {}".format(", ".join(swaps)) if swaps else "off"
    cure = (
        "swapoff -a, and take the swap out of /etc/fstab; or set failSwapOn: false in kubewright_kubelet_configuration."
    )
    return [Check("Swap", severity, not swaps, found, "off", cure)]


__all__ = ("check", "gather")
