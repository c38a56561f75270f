# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The control planes that the stored configuration names, until 1.21 (ClusterStatus in the ConfigMap kubeadm-config)."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    ApiError,
    Client,
    collection_path,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml

_PATH = f"{collection_path('ConfigMap', 'kube-system')}/kubeadm-config"
_KEY = "ClusterStatus"


def _without(text: str, node: str) -> str:
    """The text without the lines of a node: as kubeadm and this collection write them, two blanks for its name, more for the rest."""
    kept, skipping = [], False
    for line in text.splitlines():
        if line.startswith("  ") and not line.startswith("   "):
            skipping = line.strip().rstrip(":").strip("\"'") == node
        elif not line.startswith(" "):
            skipping = False
        if not skipping:
            kept.append(line)
    return (
        "\n".join(["apiEndpoints: {}" if line == "apiEndpoints:" and _is_empty(kept) else line for line in kept]) + "\n"
    )


def _is_empty(lines: list[str]) -> bool:
    return not any(line.startswith("  ") for line in lines)


def _found(client: Client, node: str) -> tuple[str, str] | None:
    """The text that names a control plane, and the version of its ConfigMap; None where it is not named."""
    try:
        found = client.request("GET", _PATH)
    except ApiError as error:
        if error.status != 404:
            raise
        return None
    text = str((found.get("data") or {}).get(_KEY) or "")
    try:
        named = (read_yaml(text) or {}).get("apiEndpoints") or {} if text else {}
    except (Unreadable, AttributeError):
        named = {}
    return (text, str(found["metadata"]["resourceVersion"])) if node in named else None


def is_named(client: Client, node: str) -> bool:
    """Whether it names a control plane. Raises ApiError, Unreachable."""
    return _found(client, node) is not None


def forget(client: Client, node: str) -> bool:
    """Takes a control plane out of it; whether it was there. Raises ApiError, Unreachable."""
    found = _found(client, node)
    if found is None:
        return False
    text, version = found
    client.request("PATCH", _PATH, {"metadata": {"resourceVersion": version}, "data": {_KEY: _without(text, node)}})
    return True


__all__ = ("forget", "is_named")
