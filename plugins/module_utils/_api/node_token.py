# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A bootstrap token for one node that joins: made for the run, and removed with it."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import (
    DEFAULT_GROUP,
    USAGES,
    generate_token,
    token_secret,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    ApiError,
    Client,
    collection_path,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import addresses, is_ready, node_path
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

# In seconds: it ends by itself where a run is killed before it removes it.
LIFETIME = 1800.0
_NAMESPACE = "kube-system"
_PAUSE = 0.5


def refuse_taken_name(client: Client, name: str, address: str) -> None:
    """Raises KubewrightError where a node of that name is Ready (kubeadm join refuses it too, since 1.18) and is another host's.

    address: of the host that joins. One that has lost its disk counts as Ready for some time (40 s by default).
    """
    try:
        node = client.request("GET", node_path(name))
    except ApiError as error:
        if error.status == 404:
            return
        raise
    if is_ready(node) and address not in addresses(node):
        raise KubewrightError(
            f"there is a node {name} already, which is Ready. Give this one another name (kubewright_node_name), or take the other one "
            f"out of the cluster first (kubectl delete node {name})."
        )


def grant(client: Client, node: str, now: datetime.datetime) -> str:
    """A new token with which a node can ask for its certificate. Raises ApiError, Unreachable."""
    token = generate_token()
    settings = {
        "token": token,
        "description": f"For {node} to join the cluster.",
        "usages": list(USAGES),
        "groups": [DEFAULT_GROUP],
        "lifetime": LIFETIME,
    }
    client.request("POST", collection_path("Secret", _NAMESPACE), token_secret(settings, now))
    return token


def revoke(client: Client, token_id: str) -> bool:
    """Removes a token; whether there was one. Raises ApiError, Unreachable."""
    path = f"{collection_path('Secret', _NAMESPACE)}/bootstrap-token-{token_id}"
    try:
        found = client.request("GET", path)
        client.request("DELETE", path, {"preconditions": {"uid": found["metadata"]["uid"]}})
    except ApiError as error:
        if error.status != 404:
            raise
        return False
    return True


def wait_for_node(
    client: Client, name: str, timeout: float, sleep: t.Callable[[float], None], monotonic: t.Callable[[], float]
) -> None:
    """Until the kubelet has registered its node. timeout: seconds. Raises KubewrightError where it has not in time."""
    deadline = monotonic() + timeout
    while True:
        try:
            client.request("GET", node_path(name))
            return
        except ApiError as error:
            if error.status != 404:
                raise
        if monotonic() >= deadline:
            raise KubewrightError(
                f"the kubelet has not registered the node {name} after {timeout:.0f} s. See 'journalctl -u kubelet' on that host."
            )
        sleep(_PAUSE)


__all__ = ("LIFETIME", "grant", "refuse_taken_name", "revoke", "wait_for_node")
