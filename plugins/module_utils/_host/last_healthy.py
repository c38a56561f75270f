# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The files of a control plane as they were while it was healthy, of those that have been changed since.

They are kept in one file until what has taken their place is healthy too, however many runs that takes. It may hold private
keys, and is root's alone.
"""

from __future__ import annotations

import base64
import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host

PATH = KUBERNETES_DIR + "/.last-healthy.json"
_MODE = 0o600


class KeptFile(t.NamedTuple):
    """A file as it was. content: None where it was absent. mode: permission bits. modified: seconds since the epoch."""

    content: bytes | None
    mode: int
    modified: float


class LastHealthy(t.NamedTuple):
    """healthy: the components that were healthy. files: by their paths, in the order in which they were changed."""

    healthy: tuple[str, ...]
    files: t.Mapping[str, KeptFile]


def _plain(file: KeptFile) -> dict[str, t.Any]:
    content = None if file.content is None else base64.b64encode(file.content).decode("ascii")
    return {"content": content, "mode": file.mode, "modified": file.modified}


def _kept(plain: t.Mapping[str, t.Any]) -> KeptFile:
    content = None if plain["content"] is None else base64.b64decode(plain["content"], validate=True)
    return KeptFile(content, int(plain["mode"]), float(plain["modified"]))


def load(host: Host) -> LastHealthy | None:
    """What is kept, or None where nothing is. Raises KubewrightError where the file cannot be read or is damaged."""
    content = host.content(PATH)
    if content is None:
        return None
    try:
        plain = json.loads(content.decode("utf-8"))
        files = {str(path): _kept(file) for path, file in plain["files"].items()}
        return LastHealthy(tuple(map(str, plain["healthy"])), files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise KubewrightError(
            f"{PATH} is damaged. It holds what was there before a change; nothing can be put back from it. "
            "Remove it and run again."
        ) from None


def save(host: Host, kept: LastHealthy) -> None:
    """Keeps it. Raises KubewrightError."""
    plain = {"healthy": list(kept.healthy), "files": {path: _plain(file) for path, file in kept.files.items()}}
    host.write(PATH, json.dumps(plain).encode("utf-8"), _MODE)


def forget(host: Host) -> None:
    """What has taken their place is healthy. Raises KubewrightError."""
    host.remove(PATH)


__all__ = ("PATH", "KeptFile", "LastHealthy", "forget", "load", "save")
