# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Keys that wait for somebody else to sign. They lie apart, so that what runs keeps the pair that it has until then."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509

PENDING_DIR = KUBERNETES_DIR + "/.pending"
_END = ".key"


def pending_path(name: str) -> str:
    """The file of a key, by the name of its request."""
    return f"{PENDING_DIR}/{name}{_END}"


def pending_names(root: str) -> list[str]:
    """The names of all keys that are there. root: a folder that stands for the host's C(/)."""
    folder = root + PENDING_DIR
    paths = [os.path.join(place, name) for place, _folders, names in os.walk(folder) for name in names]
    return sorted(os.path.relpath(path, folder)[: -len(_END)] for path in paths if path.endswith(_END))


def load_pending(root: str, name: str, algorithm: str) -> _x509.PrivateKey | None:
    """The key that waits for a certificate; None where there is none, or none of that algorithm that can be read.

    root: a folder that stands for the host's C(/).
    """
    state = files.read_file(root + pending_path(name))
    try:
        key = _x509.load_key(state.content) if state is not None else None
    except KubewrightError:
        return None
    return key if key is not None and _x509.algorithm_of(key) == algorithm else None


def save_pending(root: str, name: str, key: _x509.PrivateKey) -> None:
    """Keeps a key until its certificate is there, where root alone can look."""
    path = root + pending_path(name)
    files.ensure_directory(root + PENDING_DIR, 0o700)
    files.ensure_directory(os.path.dirname(path), 0o700)
    files.write_file(path, _x509.key_pem(key), 0o600)


def forget_pending(root: str, names: t.Iterable[str]) -> None:
    """Removes the keys whose certificates have come, and the folder when it is empty. Raises KubewrightError."""
    for name in names:
        path = root + pending_path(name)
        files.remove_file(path)
        folder = os.path.dirname(path)
        while folder.startswith(root + PENDING_DIR):
            try:
                os.rmdir(folder)
            except OSError:
                break
            folder = os.path.dirname(folder)


__all__ = ("PENDING_DIR", "forget_pending", "load_pending", "pending_names", "pending_path", "save_pending")
