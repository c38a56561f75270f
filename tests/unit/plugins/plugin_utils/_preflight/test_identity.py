# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of a host that tells it from the others."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import identity

MakeConfig = t.Callable[..., Config]


def test_the_name_of_the_node(make_config: MakeConfig) -> None:
    """Breaks the fleet's look for two nodes of one name, which is not always that of the host."""
    assert identity.question(make_config("1.31.0", node_name="n7")) == {"node_name": "n7"}
    assert identity.question(make_config("1.31.0")) == {"node_name": "cp1"}
