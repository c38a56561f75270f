# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Entropy: enough of it to make keys without waiting."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check

# Since Linux 5.18 the pool is full with 256 bits; before, it holds 4096 and readers wait below 128.
_LEAST_BITS = 200


def check(_config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """A warning where the making of keys may have to wait."""
    bits = facts["bits"]
    if bits is None:
        return []
    cure = "Install rng-tools or haveged, or give the virtual machine a virtio-rng device."
    return [Check("Entropy", WARNING, bits >= _LEAST_BITS, f"{bits} bits", f"at least {_LEAST_BITS} bits", cure)]


__all__ = ("check",)
