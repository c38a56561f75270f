# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""For how many seconds the API server of this host was away when components were restarted the last time.

It is only told to people, so that what is lost or damaged is as if nobody had measured it.
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host

PATH = "/var/lib/kubewright/last-restarts.json"
_MODE, _FOLDER_MODE = 0o600, 0o700
# Those whose restart may take the API server away.
COMPONENTS = ("kubelet", "etcd", "kube-apiserver")
_LONGEST = 24 * 3600.0


def measured(plain: t.Any) -> dict[str, float]:
    """The seconds by component, of what may be anything."""
    if not isinstance(plain, dict):
        return {}
    found = {name: plain[name] for name in COMPONENTS if isinstance(plain.get(name), (int, float))}
    return {
        name: float(seconds)
        for name, seconds in found.items()
        if not isinstance(seconds, bool) and 0 <= seconds <= _LONGEST
    }


def load(host: Host) -> dict[str, float]:
    """The seconds by component; only of those that were measured."""
    try:
        content = host.content(PATH)
        return measured(json.loads(content.decode("utf-8"))) if content is not None else {}
    except (KubewrightError, ValueError, RecursionError):
        return {}


def save(host: Host, seconds: t.Mapping[str, float]) -> None:
    """Keeps them beside those of other components. Raises KubewrightError."""
    host.write(PATH, json.dumps({**load(host), **seconds}).encode("utf-8"), _MODE, _FOLDER_MODE)


__all__ = ("COMPONENTS", "PATH", "load", "measured", "save")
