# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The addresses of the node's name."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.patience import within

_PATIENCE = 5.0


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(addresses): those that a name resolves to; none where nobody answers within 5 s.

    question: C(name).
    """
    nothing: list[str] = []
    return {"addresses": within(_PATIENCE, lambda: host.resolve(question["name"]), nothing)}


__all__ = ("gather",)
