# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Removes what is below a folder, and never what is mounted there."""

from __future__ import annotations

import os
import shutil
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.mounts import below


def real(path: str) -> str:
    """A path without links in it."""
    return os.path.realpath(path)


def entries(folder: str) -> list[str]:
    """The paths of what is in a folder; none where there is no such folder. A link to a folder is followed, as kubeadm reset does."""
    try:
        return sorted(os.path.join(folder, name) for name in os.listdir(os.path.realpath(folder)))
    except (FileNotFoundError, NotADirectoryError):
        return []


def remove(paths: t.Sequence[str], mountinfo: str) -> None:
    """Removes files, links (not what they name) and whole folders.

    Raises KubewrightError where something is mounted below one, before anything is removed, and for what cannot be removed.
    """
    real = [os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)) for path in paths]
    mounted = [point for path in real for point in (*below(mountinfo, path), *_at(mountinfo, path))]
    if mounted:
        raise KubewrightError(
            f"{', '.join(mounted)} is mounted, and would be emptied with the folder. Nothing is removed. Unmount it, and run again."
        )
    for path in real:
        try:
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise KubewrightError(f"{path} cannot be removed: {error.strerror}. Run again when it can.") from None


def _at(mountinfo: str, path: str) -> list[str]:
    return [path] if path in below(mountinfo, os.path.dirname(path)) else []


__all__ = ("entries", "real", "remove")
