# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether the host reaches what it needs of the cluster that it joins."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.patience import all_within

_TIMEOUT = 3.0


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(outcomes): by target, of one connection, C(open), C(refused), or why it is not reached.

    question: C(targets), by their names a host and a port.
    """
    questions = {
        name: functools.partial(host.connection, str(target[0]), int(target[1]), _TIMEOUT)
        for name, target in question["targets"].items()
    }
    return {"outcomes": all_within(2 * _TIMEOUT, questions, "no answer in time")}


__all__ = ("gather",)
