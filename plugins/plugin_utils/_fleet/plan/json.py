# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The plan for programs, and its file on the controller."""

from __future__ import annotations

import json
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.model import (
    COMPLETE,
    Plan,
    count_changes,
    count_hosts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import COLLECTION

VERSION = 1

# What a cluster is configured with is not everybody's.
_DIRECTORY_MODE, _FILE_MODE = 0o755, 0o600


def document(plan: Plan) -> dict[str, t.Any]:
    """The plan in JSON's types, whose schema is docs/plan.schema.json. What is there keeps its name and meaning while C(version) is 1."""
    hosts, changes = count_hosts(plan), count_changes(plan)
    return {
        "version": VERSION,
        "collection": {"name": COLLECTION, "version": plan.collection_version},
        "created": plan.created,
        "check_mode": plan.check_mode,
        "complete": bool(plan.hosts) and all(host.status == COMPLETE for host in plan.hosts),
        "summary": {
            "hosts": dict(total=len(plan.hosts), **hosts),
            "changes": dict(total=sum(changes.values()), **changes),
        },
        "hosts": [host._asdict() for host in plan.hosts],
    }


def write_json(plan: Plan, path: str) -> None:
    """Writes the plan, atomically, for its owner alone. Its folder and the parents of that are made.

    Raises KubewrightError, with the path and the cause, where that is not possible, or something else is there.
    """
    _earlier(path)
    files.ensure_directory(os.path.dirname(path), _DIRECTORY_MODE)
    files.write_file(path, (json.dumps(document(plan), indent=2) + "\n").encode("ascii"), _FILE_MODE)


def _is_plan(content: bytes) -> bool:
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and {"collection", "check_mode", "hosts"} <= found.keys()


def _earlier(path: str) -> bool:
    """Whether there is a plan. Raises KubewrightError where there is something else."""
    state = files.read_file(path)
    if state is None:
        return False
    if not _is_plan(state.content):
        raise KubewrightError(
            f"kubewright_plan_file: found {path}, which holds something else than a plan; allowed: a plan of an earlier run, or no file. "
            "Name another file, or remove it."
        )
    return True


def remove_earlier(path: str, begin: float) -> None:
    """Removes the plan of an earlier run, so that nobody takes it for that of one which ends before it has a plan.

    begin: when this run began, in seconds since the epoch; what an earlier play of it has written stays. Raises KubewrightError where
    there is something else.
    """
    if _earlier(path) and os.stat(path).st_mtime < begin:
        files.remove_file(path)


__all__ = ("VERSION", "document", "remove_earlier", "write_json")
