# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether the endpoint of the control plane is reached."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.patience import within

_TIMEOUT = 1.5


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(outcome): of one connection, C(open), C(refused), or why it is not reached.

    question: C(host) and C(port) of the endpoint.
    """
    return {
        "outcome": within(
            2 * _TIMEOUT, lambda: host.connection(question["host"], question["port"], _TIMEOUT), "no answer in time"
        )
    }


__all__ = ("gather",)
