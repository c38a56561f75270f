# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Applies a list of objects with the administrator's credentials of a host."""

from __future__ import annotations

import json
import time
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    AdminClient,
    ApiError,
    Client,
    Object,
    Unreachable,
    object_path,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted

NODE_TIMEOUT = 120.0
_INTERVAL = 0.5
_HOSTNAME_LABEL = "kubernetes.io/hostname"

Mapping = t.Mapping[str, t.Any]
Wanted = t.Sequence[t.Tuple[Object, str]]


def admin_client(api: Mapping, check_mode: bool) -> Client | None:
    """The client, or None in check mode where there is no API server to ask. Raises Unreachable otherwise.

    api: C(server), the URL of the host's own API server, and C(timeout), for how many seconds it may be away.
    """
    try:
        client = AdminClient(api["server"], 0.0 if check_mode else api["timeout"])
        client.request("GET", "/version")
    except Unreachable:
        if check_mode:
            return None
        raise
    except ApiError as error:
        # Credentials that an earlier phase of the real run renews.
        if check_mode and error.status in (401, 403):
            return None
        raise
    return client


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


def apply_objects(api: Mapping, wanted: Wanted, check_mode: bool) -> list[apply.Change]:
    """Applies in order. Raises KubewrightError at the first object that the server refuses."""
    client = admin_client(api, check_mode)
    if client is None:
        return [
            apply.Change(manifest["kind"], apply.display_name(manifest), "created", None, apply.normal_form(manifest))
            for manifest, _policy in wanted
        ]
    changes = []
    for manifest, policy in wanted:
        if policy == "node" and not check_mode:
            wait_for_node(client, manifest)
        changes.append(apply.apply_object(client, manifest, policy, check_mode))
    return changes


def _text(change_side: Object | None) -> str:
    return redacted(json.dumps(change_side, indent=2, sort_keys=True)) + "\n" if change_side is not None else ""


def _hide_secrets(change: apply.Change) -> apply.Change:
    if change.kind != "Secret":
        return change

    def hidden(side: Object | None) -> Object | None:
        return dict(side, data=dict.fromkeys(side.get("data") or {}, "hidden")) if side is not None else None

    return change._replace(before=hidden(change.before), after=hidden(change.after))


def report(changes: t.Sequence[apply.Change]) -> dict[str, t.Any]:
    """A module's result: what changed, by one comparison, and the diff of it. The data of Secrets is never in it."""
    changed = [_hide_secrets(change) for change in changes if change.action != "unchanged"]
    names = [f"{change.kind} {change.name}" for change in changed]
    return {
        "changed": bool(changed),
        "objects": {name: change.action for name, change in zip(names, changed)},
        "diff": [
            {
                "before_header": name if change.before is not None else name + " (absent)",
                "after_header": name,
                "before": _text(change.before),
                "after": _text(change.after),
            }
            for name, change in zip(names, changed)
        ],
    }


__all__ = ("NODE_TIMEOUT", "admin_client", "apply_objects", "report", "wait_for_node")
