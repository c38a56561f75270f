# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The static pod of kube-vip, which sees to a virtual address by ARP and the lease of a leader.

It is what C(kube-vip manifest pod --controlplane --arp --leaderElection) of 0.9.1 prints.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import ADMIN_CONF, MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

# As kube-vip's documentation has it.
VIRTUAL_ADDRESS = MANIFESTS_DIR + "/kube-vip.yaml"


def virtual_address(config: Config) -> dict[str, t.Any] | None:
    """The values of its manifest; None where there is none."""
    if config.virtual_address is None:
        return None
    prefix = 128 if network.is_ipv6(config.virtual_address["address"]) else 32
    return dict(config.virtual_address, port=config.bind_port, prefix=prefix, admin_conf=ADMIN_CONF)


__all__ = (
    "VIRTUAL_ADDRESS",
    "virtual_address",
)
