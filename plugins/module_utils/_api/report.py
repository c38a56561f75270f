# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What is shown of objects that change. It may go into results and facts: there is nothing secret in it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply import AppliedObject
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import Object
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.legible import legible
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted


class Shown(t.NamedTuple):
    """name: kind and name of the object. action: as C(AppliedObject) has it. before, after: texts; before is None where it was absent."""

    name: str
    action: str
    before: str | None
    after: str


def _text(change: AppliedObject, side: Object | None) -> str:
    if side is None:
        return ""
    if change.kind == "Secret":
        side = dict(side, data=dict.fromkeys(side.get("data") or {}, "hidden"))
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
