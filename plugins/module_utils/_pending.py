# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Keys that wait for somebody else to sign. They lie apart, so that what runs keeps the pair that it has until then."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _files as files
from ansible_collections.kubewright.control_plane.plugins.module_utils import _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError

PENDING_DIR = KUBERNETES_DIR + "/.pending"


def _path(root: str, name: str) -> str:
    return f"{root}{PENDING_DIR}/{name}.key"


def load_pending(root: str, name: str, algorithm: str) -> _x509.PrivateKey | None:
    """The key that waits for a certificate; None where there is none, or none of that algorithm that can be read.

    root: a folder that stands for the host's C(/).
    """
    state = files.read_file(_path(root, name))
    try:
        key = _x509.load_key(state.content) if state is not None else None
    except KubewrightError:
        return None
    return key if key is not None and _x509.algorithm_of(key) == algorithm else None


def save_pending(root: str, name: str, key: _x509.PrivateKey) -> None:
    """Keeps a key until its certificate is there, where root alone can look."""
    path = _path(root, name)
    files.ensure_directory(root + PENDING_DIR, 0o700)
    files.ensure_directory(os.path.dirname(path), 0o700)
    files.write_file(path, _x509.key_pem(key), 0o600)


def forget_pending(root: str, names: t.Iterable[str]) -> None:
    """Removes the keys whose certificates have come, and the folder when it is empty."""
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_path(root, name))
        folder = os.path.dirname(_path(root, name))
        while folder.startswith(root + PENDING_DIR):
            try:
                os.rmdir(folder)
            except OSError:
                break
            folder = os.path.dirname(folder)


__all__ = ("PENDING_DIR", "forget_pending", "load_pending", "save_pending")
