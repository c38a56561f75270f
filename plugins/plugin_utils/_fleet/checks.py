# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Checks that compare the hosts of a cluster: their names, identities and clocks."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _clock as clock
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._some import some

Identities = t.Mapping[str, t.Mapping[str, t.Any]]

# No clock is off by more, and nothing that is no number is less.
_MOST_SECONDS = 1e12
_MACHINE_ID_CURE = "On a cloned host: rm /etc/machine-id; systemd-machine-id-setup; then restart it."


class _Property(t.NamedTuple):
    key: str
    check: str
    label: str
    cure: str


_PROPERTIES = (
    _Property(
        "hostname", "DuplicateHostname", "hostname", "Give each host a name of its own: hostnamectl set-hostname."
    ),
    _Property("node_name", "DuplicateNodeName", "node name", "Give each host its own kubewright_node_name."),
    _Property("machine_id", "DuplicateMachineID", "machine-id", _MACHINE_ID_CURE),
    _Property(
        "product_uuid",
        "DuplicateProductUUID",
        "product_uuid",
        "Give each virtual machine a UUID of its own in the hypervisor.",
    ),
)


def is_whole(identity: t.Any) -> bool:
    """Whether all that is compared is there, and is what it is to be; a host may have returned anything."""
    if not isinstance(identity, t.Mapping) or any(item.key not in identity for item in _PROPERTIES):
        return False
    if not all(identity[item.key] is None or isinstance(identity[item.key], str) for item in _PROPERTIES):
        return False
    offset = identity.get("clock_offset")
    return isinstance(offset, list) and len(offset) == 2 and all(map(_is_seconds, offset))


def _is_seconds(value: t.Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _MOST_SECONDS


def fleet_checks(identities: Identities) -> dict[str, list[Check]]:
    """The checks of each host of one cluster, by its name in the inventory; none where it is the only one that answered.

    identities: what preflight_check returned as C(identity), by the host's name.
    """
    if len(identities) < 2:
        return {}
    found: dict[str, list[Check]] = {}
    offsets = {host: clock.Offset(*identity["clock_offset"]) for host, identity in identities.items()}
    for host, identity in identities.items():
        checks = []
        for item in _PROPERTIES:
            value = identity[item.key]
            same = [other for other, others in identities.items() if other != host and others[item.key] == value]
            same = same if value is not None else []
            if item.key == "node_name":
                # The name of a node is that of the host, unless the user says otherwise: one cause, one warning.
                same = [other for other in same if identities[other]["hostname"] != identity["hostname"]]
            text = f"the same {item.label} as {some(same)}" if same else f"its own {item.label}"
            checks.append(
                Check(item.check, WARNING, not same, text, f"a {item.label} that no other host has", item.cure)
            )
        between = clock.check_between(offsets[host], {name: one for name, one in offsets.items() if name != host})
        found[host] = checks + ([between] if between else [])
    return found


__all__ = ("fleet_checks", "is_whole")
