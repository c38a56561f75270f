# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What is shown of objects that change. It may go into results and facts: there is nothing secret in it, and of a Secret that
changes a mark, so that it can be seen which part of it does."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply import AppliedObject
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import Object
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.legible import legible
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest


class Shown(t.NamedTuple):
    """name: kind and name of the object. action: as C(AppliedObject) has it. before, after: texts; before is None where it was absent."""

    name: str
    action: str
    before: str | None
    after: str


def _hidden(_value: t.Any) -> str:
    return "hidden"


def _mark(value: t.Any) -> str:
    """By which two secrets are told apart. It is too short to find one by it."""
    return "hidden, sha256 " + digest(str(value).encode("utf-8", "surrogatepass"))[:8]


def _text(change: AppliedObject, side: Object | None) -> str:
    if side is None:
        return ""
    if change.kind == "Secret":
        # Where there is only one, nothing is to be told apart.
        mark = _mark if change.before is not None else _hidden
        side = dict(side, data={key: mark(value) for key, value in (side.get("data") or {}).items()})
    return redacted(legible(side))


def shown(change: AppliedObject) -> Shown:
    """A change as it may be shown. The data of Secrets is never in it."""
    before = _text(change, change.before) if change.before is not None else None
    return Shown(f"{change.kind} {change.name}", change.action, before, _text(change, change.after))


def report(objects: t.Iterable[Shown]) -> dict[str, t.Any]:
    """A module's result: what changed, by one comparison, and the diff of it."""
    changed = [item for item in objects if item.action != "unchanged"]
    return {
        "changed": bool(changed),
        "objects": {item.name: item.action for item in changed},
        "diff": [
            {
                "before_header": item.name if item.before is not None else item.name + " (absent)",
                "after_header": item.name,
                "before": item.before or "",
                "after": item.after,
            }
            for item in changed
        ],
    }


__all__ = ("Shown", "report", "shown")
