# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""When the files of the host were changed, and what processes see of them."""

from __future__ import annotations

import os
import time

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import FileFacts


def changed_at(path: str) -> float | None:
    """When what is in a file was last changed, in seconds since the epoch; None where that cannot be known.

    A time of its content that is still to come was set by hand, so that the time of the file itself stands for it. If that
    is still to come as well, the host's clock was set back, and nothing can be told from it.
    """
    try:
        status = os.stat(path)
    except OSError:
        return None
    return next((moment for moment in (status.st_mtime, status.st_ctime) if moment <= time.time()), None)


def is_covered(pid: int, path: str, host_path: str) -> bool:
    """Whether a process sees another file at a path than lies on the host."""
    try:
        return not os.path.samefile(f"/proc/{pid}/root{path}", host_path)
    except OSError:
        return False


def _text(path: str) -> str:
    state = files.read_file(path)
    return state.content.decode("utf-8", "replace") if state is not None else ""


def file_facts() -> FileFacts:
    """The facts of this host."""
    return FileFacts(changed_at, is_covered, _text)


__all__ = ("changed_at", "file_facts", "is_covered")
