# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What is mounted below a folder."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner, find_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import mounts


def below(mountinfo: str, folder: str) -> list[str]:
    """The mount points below a folder, the deepest first, and of one point as often as something is mounted on it.

    mountinfo: see proc(5). The folder itself may be a file system of its own.
    """
    found = [mount.point for mount in mounts(mountinfo) if mount.point.startswith(folder.rstrip("/") + "/")]
    return sorted(found, key=lambda point: (-point.count("/"), point))


def mountinfo() -> str:
    """What is mounted now, as this process sees it."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as stream:
        return stream.read()


def unmount(run: Runner, folder: str, read: t.Callable[[], str] = mountinfo) -> None:
    """Unmounts all below a folder. read: tells what is mounted each time, because of mounts that are shared one takes others with it.

    Raises KubewrightError for one that is in use: what lies behind it must not be removed with the folder.
    """
    points = below(read(), folder)
    program = find_command("umount")
    if program is None and points:
        raise KubewrightError(f"umount is not in PATH, and there are mounts below {folder}")
    while points:
        answer = run([str(program), points[0]])
        left = below(read(), folder)
        if len(left) >= len(points):
            said = (answer.stderr or answer.stdout).strip() or "it is mounted again"
            raise KubewrightError(
                f"{points[0]} cannot be unmounted: {said}. Nothing below {folder} is removed. See who uses it (fuser -vm), end that, and "
                "run again."
            )
        points = left


__all__ = ("below", "mountinfo", "unmount")
