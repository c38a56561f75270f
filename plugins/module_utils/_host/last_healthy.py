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
# In seconds. What somebody else has done to a host since is not to be undone.
_LONGEST = 24 * 3600.0


class KeptFile(t.NamedTuple):
    """A file as it was. content: None where it was absent. mode: permission bits. modified: seconds since the epoch."""

    content: bytes | None
    mode: int
    modified: float


class LastHealthy(t.NamedTuple):
    """healthy: the components that were healthy. files: by their paths, in the order in which they were changed.

    since: when the first of them was kept, in seconds since the epoch. cluster: a mark of the cluster's CA then.
    """

    healthy: tuple[str, ...]
    files: t.Mapping[str, KeptFile]
    since: float
    cluster: str

    def holds(self, now: float, cluster: str, ca: str) -> bool:
        """Whether it can be put back: it is of this cluster and not of long ago.

        now: seconds since the epoch. cluster: the mark of the CA that is there now. ca: its path.
        """
        return 0.0 <= now - self.since <= _LONGEST and (cluster == self.cluster or ca in self.files)


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
        return LastHealthy(tuple(map(str, plain["healthy"])), files, float(plain["since"]), str(plain["cluster"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise KubewrightError(
            f"{PATH} is damaged. It holds what was there before a change; nothing can be put back from it. "
            "Remove it and run again."
        ) from None


def save(host: Host, kept: LastHealthy) -> None:
    """Keeps it. Raises KubewrightError."""
    files = {path: _plain(file) for path, file in kept.files.items()}
    plain = dict(kept._asdict(), healthy=list(kept.healthy), files=files)
    host.write(PATH, json.dumps(plain).encode("utf-8"), _MODE)


def forget(host: Host, kept: LastHealthy) -> None:
    """What has taken the place of these files is healthy. What was kept since stays. Raises KubewrightError."""
    now = load(host)
    if now is None:
        return
    left = {path: file for path, file in now.files.items() if kept.files.get(path) != file}
    if left:
        save(host, now._replace(files=left))
    else:
        host.remove(PATH)


__all__ = ("PATH", "KeptFile", "LastHealthy", "forget", "load", "save")
