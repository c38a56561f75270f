# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""When the files of the host were changed, and what processes see of them."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import FileFacts


def changed_at(host: WatchedHost, path: str) -> float | None:
    """When what is in a file was last changed, in seconds since the epoch; None where that cannot be known.

    A time of its content that is still to come was set by hand, so that the time of the file itself stands for it. If that
    is still to come as well, the host's clock was set back, and nothing can be told from it.
    """
    return next((moment for moment in host.times(path) or () if moment <= host.clock()), None)


def file_facts(host: WatchedHost) -> FileFacts:
    """The facts of a host."""

    def text(path: str) -> str:
        return (host.content(path) or b"").decode("utf-8", "replace")

    return FileFacts(lambda path: changed_at(host, path), host.sees_another, text)


__all__ = ("changed_at", "file_facts")
