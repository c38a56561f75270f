# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Reads what phases have to know of the API. What is returned is fit to be shown: there is nothing secret in it."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import usable_for
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError, Client, passes
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.report import shown
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.wanted import (
    Item,
    ReadFile,
    Sources,
    manifest,
    sources,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

Facts = t.Dict[str, t.Any]


def _facts(
    action: str, version: str | None = None, change: apply.AppliedObject | None = None, error: str = ""
) -> Facts:
    seen = shown(change)._asdict() if change is not None and change.action != "unchanged" else None
    return {"action": action, "version": version, "shown": seen, "error": error}


def _object(client: Client, item: Item, of: Sources) -> Facts:
    wanted = manifest(item, of)
    if wanted is None:
        return dict(_facts("unchanged"), lasts=usable_for(of.tokens, of.now))
    try:
        update = apply.look(client, wanted, item["policy"])
    except ApiError as error:
        if passes(error):
            raise
        # Not every phase of the read has to do with the object: the one that has says what is wrong with it.
        return _facts("refused", error=str(apply.refusal(wanted, error)))
    return _facts(update.change.action, update.version, update.change)


def _unanswered(item: Item, of: Sources) -> Facts:
    """Of an object that is made on the host, so that all of it can be shown."""
    wanted = manifest(item, of)
    if wanted is None:
        return _facts("unchanged")
    return _facts("created", change=apply.created(wanted))


def read_objects(
    connect: t.Callable[[], Client | None], items: t.Sequence[Item], now: datetime.datetime, read: ReadFile
) -> Facts:
    """What the API server of a host says of objects. Waits for nothing, and raises nothing.

    connect: the client, None where there is no server or none that takes the host's credentials; see C(admin.admin_client).
    items: see C(wanted), each with C(mark), by which its facts are found.

    answers: whether the server answers. error: why a server that is there does not.
    objects: by mark: action, what an update would do (C(created), C(updated), C(unchanged)), or C(refused) with the error; version, a
    mark of what is there, None where nothing is; shown, where it differs (see C(report.Shown)); lasts, where no random token is
    needed: for how many seconds the one that can join nodes still lasts.
    Where no server answers, objects are only those that are made on the host.
    """
    error = ""
    try:
        client = connect()
        if client is not None:
            of = sources(client, items, now, read)
            return {
                "answers": True,
                "error": "",
                "objects": {item["mark"]: _object(client, item, of) for item in items},
            }
    except KubewrightError as cause:
        error = str(cause)
    nothing = Sources([], now, read)
    made = [item for item in items if item.get("manifest") is None]
    return {
        "answers": False,
        "error": error,
        "objects": {item["mark"]: _unanswered(item, nothing) for item in made},
    }


__all__ = ("Facts", "read_objects")
