# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which folders take files."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost


def existing_parent(host: InspectedHost, path: str) -> str:
    """The folder itself, or the nearest one above it that is there."""
    while path != "/" and not host.is_folder(path):
        path = os.path.dirname(path)
    return path


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(refused): by folder, where no file can be made (itself or a folder above it) and why; only those.

    question: C(folders), which need not be there yet.
    """
    refused = {}
    for folder in question["folders"]:
        parent = existing_parent(host, folder)
        below = folder[len(parent.rstrip("/")) :].lstrip("/").split("/")[0]
        in_the_way = f"{parent.rstrip('/')}/{below}"
        if below and host.exists(in_the_way):
            refused[folder] = f"{in_the_way} is not a folder"
            continue
        reason = host.write_refusal(parent)
        if reason is not None:
            refused[folder] = f"{parent}: {reason}"
    return {"refused": refused}


__all__ = ("existing_parent", "gather")
