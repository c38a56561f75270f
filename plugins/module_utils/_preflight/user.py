# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Who runs this."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost


def gather(host: InspectedHost, _question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(uid): who runs this."""
    return {"uid": host.user_id()}


__all__ = ("gather",)
