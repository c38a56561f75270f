# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""AdvertiseAddress: it is one of the host's, and chosen where there are several."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check


def question(config: Config) -> dict[str, t.Any]:
    """C(address): the one that is to be advertised."""
    return {"address": config.advertise_address}


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """etcd and others listen on this address, so it has to be the host's own."""
    address, candidates = config.advertise_address, facts["candidates"]
    others = ", ".join(f"{candidate} ({interface})" for candidate, interface in sorted(candidates.items()))
    if not facts["is_local"]:
        found, wanted = f"{address} is on no interface of the host", f"one of {others or 'its addresses'}"
        cure = "Set kubewright_advertise_address to an address of the host; a public one belongs into kubewright_apiserver_cert_sans."
        return [Check("AdvertiseAddress", WARNING, False, found, wanted, cure)]
    chosen = config.node["advertise_address_given"]
    found = address if chosen or len(candidates) < 2 else f"{address} by the default route, of {others}"
    cure = "Set kubewright_advertise_address to the one by which the other nodes reach this host."
    wanted = "one address, or an explicit choice"
    return [Check("AdvertiseAddress", WARNING, chosen or len(candidates) < 2, found, wanted, cure)]


__all__ = ("check", "question")
