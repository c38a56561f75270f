# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What tells a host from the others of its cluster. Nothing of it is judged here: the fleet's checks compare it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config


def question(config: Config) -> dict[str, t.Any]:
    """C(node_name): the name under which the node registers."""
    return {"node_name": config.node_name}


__all__ = ("question",)
