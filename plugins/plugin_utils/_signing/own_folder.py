# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Folders of the controller in which nobody else can put another file in place of ours."""

from __future__ import annotations

import os
import stat

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import walk


def _who_started_this() -> set[int]:
    """Who has started the controller's run by sudo: he has all that root has."""
    given = os.environ.get("SUDO_UID", "")
    return {int(given)} if given.isdecimal() and os.geteuid() == 0 else set()


def trust_who_started_this() -> None:
    """Has the walk along paths trust who has started the controller's run by sudo."""
    for uid in _who_started_this():
        walk.also_trust(uid)


def require_own(folder: str) -> None:
    """Raises KubewrightError for a folder of somebody else's, or one in which others can write; one that is absent is right."""
    try:
        status = os.stat(folder)
    except OSError:
        return
    if status.st_uid not in {0, os.geteuid(), *_who_started_this()}:
        raise KubewrightError(
            f"{folder} belongs to the user {status.st_uid}, who could put other files there. Take a folder of your own, or chown it."
        )
    if walk.others_write(status):
        raise KubewrightError(
            f"{folder} has the mode {stat.S_IMODE(status.st_mode):04o}, by which others could put other files there: chmod go-w {folder}"
        )


def tighten_own(path: str, mode: int) -> None:
    """Takes others' rights to a file or a folder away; the owner stays. Nothing happens to one that is somebody else's."""
    try:
        status = os.stat(path, follow_symlinks=False)
        if not stat.S_ISLNK(status.st_mode) and status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) & ~mode:
            os.chmod(path, stat.S_IMODE(status.st_mode) & mode)
    except OSError:
        return


__all__ = ("require_own", "tighten_own", "trust_who_started_this")
