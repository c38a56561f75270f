# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Keys that wait for somebody else to sign. They lie apart, so that what runs keeps the pair that it has until then."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host

PENDING_DIR = KUBERNETES_DIR + "/.pending"
PENDING_KEY_MODE = 0o600
_END = ".key"


def pending_path(name: str) -> str:
    """The file of a key, by the name of its request."""
    return f"{PENDING_DIR}/{name}{_END}"


def pending_names(host: Host) -> list[str]:
    """The names of all keys that are there."""
    return [path[: -len(_END)] for path in host.below(PENDING_DIR) if path.endswith(_END)]


def save_pending(host: Host, name: str, key: bytes) -> None:
    """Keeps a key (PEM) until its certificate is there, where root alone can look."""
    host.ensure_directory(PENDING_DIR, 0o700)
    host.write(pending_path(name), key, PENDING_KEY_MODE, 0o700)


def forget_pending(host: Host, names: t.Iterable[str]) -> None:
    """Removes the keys whose certificates have come, and the folder when it is empty. Raises KubewrightError."""
    for name in names:
        path = pending_path(name)
        host.remove(path)
        folder = os.path.dirname(path)
        while folder.startswith(PENDING_DIR) and host.remove_empty(folder):
            folder = os.path.dirname(folder)


__all__ = ("PENDING_DIR", "forget_pending", "pending_names", "pending_path", "save_pending")
