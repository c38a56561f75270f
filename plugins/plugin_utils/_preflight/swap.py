# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Swap."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check


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


__all__ = ("check",)
