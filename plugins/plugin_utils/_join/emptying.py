# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether a node has to be emptied of its pods before its kubelet gets its new configuration."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_settings import (
    CONFIGURATION,
    FLAGS,
    settings,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files

Values = dict[str, t.Any]


def empties(config: Config, found: t.Mapping[str, str] | None) -> list[str] | None:
    """The settings that pods are made by and that change, in words; none where there is no kubelet yet. None where that is not known.

    found: those of the host; see C(_host.kubelet_settings.settings_of). Raises KubewrightError where the user's patches cannot be applied.
    """
    if found is None:
        return []
    files = {file.path: file.content for file in phase_files("kubelet_start", config)}
    try:
        wanted = settings(files[CONFIGURATION], files[FLAGS])
    except Unreadable:
        return None
    if not found:
        return None
    return [
        f"{name} from {found[name] or 'nothing'} to {value or 'nothing'}"
        for name, value in wanted.items()
        if found[name] != value
    ]


def emptied(
    config: Config, found: t.Mapping[str, str] | None, cluster: t.Mapping[str, t.Any], warnings: list[str]
) -> Values:
    """What a node that has joined returns of it. cluster: what join_info says. warnings: takes what a person has to be told."""
    changing = empties(config, found)
    if changing is None:
        warnings.append(
            f"join: nobody knows whether pods of the node {config.node_name} feel the change of its kubelet, as {CONFIGURATION} is not "
            "written in a way that is read here. They are not evicted."
        )
    return {"empties": changing or [], "emptied": config.node_name in cluster.get("emptied", ())}


__all__ = ("emptied", "empties")
