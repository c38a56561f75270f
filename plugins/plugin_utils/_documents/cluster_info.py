# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""How the ConfigMap cluster-info is written."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import wanted
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config


def settings(config: Config) -> dict[str, t.Any]:
    """All that it is made of but the CA: the arguments of C(_api.wanted.cluster_info)."""
    return {
        "endpoint": config.control_plane_endpoint,
        "empty_list": config.release.cluster_info_empty_list,
        "preferences": config.release.kubeconfig_preferences,
    }


def cluster_info(config: Config, ca_pem: bytes) -> dict[str, t.Any]:
    """The ConfigMap. ca_pem: empty where there is no CA yet."""
    return wanted.cluster_info(ca_pem=ca_pem, **settings(config))


__all__ = ("cluster_info", "settings")
