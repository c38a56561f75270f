# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Applies a list of objects, and waits for the Node."""

from __future__ import annotations

import datetime
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    ApiError,
    Client,
    Object,
    object_path,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.report import report, shown
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.wanted import (
    Item,
    ReadFile,
    Sources,
    check_files,
    manifest,
    sources,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

NODE_TIMEOUT = 120.0
_INTERVAL = 0.5
_HOSTNAME_LABEL = "kubernetes.io/hostname"


def wait_for_node(
    client: Client,
    node: Object,
    timeout: float = NODE_TIMEOUT,
    sleep: t.Callable[[float], None] = time.sleep,
    monotonic: t.Callable[[], float] = time.monotonic,
) -> None:
    """Waits until the kubelet has registered the Node with its host name label, as kubeadm does (for 2 minutes).

    Raises KubewrightError when the time is up.
    """
    deadline = monotonic() + timeout
    while True:
        try:
            if _HOSTNAME_LABEL in (client.request("GET", object_path(node))["metadata"].get("labels") or {}):
                return
        except ApiError as error:
            if error.status != 404:
                raise
        if monotonic() >= deadline:
            raise KubewrightError(
                "Node {} was not registered within {:.0f} s: see 'journalctl -u kubelet' on the host".format(
                    node["metadata"]["name"], timeout
                )
            )
        sleep(_INTERVAL)


class Applied(t.NamedTuple):
    """changes: the outcomes, in order. stale: kind and name of the object that is no longer as it was read; nothing more was written."""

    changes: list[apply.AppliedObject]
    stale: list[str]


def apply_objects(client: Client | None, changes: t.Sequence[Item], of: Sources, check_mode: bool) -> Applied:
    """Applies in order.

    client: None in check mode where there is no API server. changes: items of C(wanted) with C(unseen) and C(expected), see
    C(apply.apply_object). Raises KubewrightError at the first object that the server refuses.
    """
    done: list[apply.AppliedObject] = []
    for item in changes:
        wanted = manifest(item, of)
        if wanted is None:
            continue
        if client is None:
            done.append(apply.created(wanted))
            continue
        policy = item["policy"]
        if policy == "node" and not check_mode:
            wait_for_node(client, wanted)
        unseen, expected = item["unseen"], item["expected"]
        try:
            done.append(apply.apply_object(client, wanted, policy, check_mode, unseen=unseen, expected=expected))
        except apply.Stale as stale:
            return Applied(done, [str(stale)])
    return Applied(done, [])


def apply_phase(
    connect: t.Callable[[], Client | None], changes: t.Sequence[Item], read: ReadFile, check: bool
) -> dict[str, t.Any]:
    """What objects_apply returns. connect: see C(admin.admin_client). changes: see C(apply_objects). Raises KubewrightError.

    read: what is in a file of the host.
    """
    if not check:
        check_files(changes, read)
    client = connect()
    of = sources(client, changes, datetime.datetime.now(datetime.timezone.utc), read)
    applied = apply_objects(client, changes, of, check)
    return dict(report(shown(change) for change in applied.changes), stale=applied.stale)


__all__ = ("NODE_TIMEOUT", "Applied", "apply_objects", "apply_phase", "wait_for_node")
