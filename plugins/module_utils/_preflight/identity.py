# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What tells a host from the others of its cluster. The fleet's checks compare it; no values of the host leave it."""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost

_MACHINE_ID = "/etc/machine-id"
_PRODUCT_UUID = "/sys/class/dmi/id/product_uuid"


def _digest(text: str | None) -> str | None:
    text = (text or "").strip().lower()
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else None


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(hostname), C(node_name), digests of C(machine_id) and C(product_uuid) (None where absent), C(clock) in seconds since
    the epoch.

    question: C(node_name), which is returned with what else tells the host from others.
    """
    return {
        "hostname": line(host.hostname()),
        "node_name": question["node_name"],
        "machine_id": _digest(host.text(_MACHINE_ID)),
        "product_uuid": _digest(host.text(_PRODUCT_UUID)),
        "clock": host.clock(),
    }


__all__ = ("gather",)
