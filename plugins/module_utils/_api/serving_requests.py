# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The requests of kubelets for serving certificates, which nobody approves by itself, and their approval."""

from __future__ import annotations

import base64
import binascii
import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import (
    ApiError,
    Client,
    Object,
    collection_path,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.node import addresses
from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.serving_request import foreign, read

# v1 since 1.19; v1beta1 until 1.21.
_VERSIONS = ("v1", "v1beta1")
_SIGNER = "kubernetes.io/kubelet-serving"
_DECIDED = ("Approved", "Denied", "Failed")
_PAUSE = 1.0


class Node(t.NamedTuple):
    """name: of the node. addresses: of its host."""

    name: str
    addresses: t.Collection[str]


class Found(t.NamedTuple):
    """path: of the collection. fit: those that are approved, by name. foreign: why others of the node are not, by name."""

    path: str
    fit: dict[str, Object]
    foreign: dict[str, str]


def _listed(client: Client) -> tuple[str, list[Object]]:
    for version in _VERSIONS:
        path = f"/apis/certificates.k8s.io/{version}/certificatesigningrequests"
        try:
            return path, list(client.request("GET", path).get("items") or [])
        except ApiError as error:
            if error.status != 404:
                raise
    raise KubewrightError("the API server knows no requests for certificates (certificates.k8s.io)")


def _waits(item: Object, node: str) -> bool:
    """Whether a request is of the node's kubelet, for a serving certificate, and undecided. Before 1.18 requests name no signer."""
    spec, status = item.get("spec") or {}, item.get("status") or {}
    is_serving = spec.get("signerName", _SIGNER) == _SIGNER and "server auth" in (spec.get("usages") or [])
    decided = any(condition.get("type") in _DECIDED for condition in status.get("conditions") or [])
    return (
        is_serving and not decided and not status.get("certificate") and spec.get("username") == f"system:node:{node}"
    )


def _foreign(item: Object, node: Node) -> str:
    spec = item["spec"]
    if "system:nodes" not in (spec.get("groups") or []):
        return "who asks is no node"
    try:
        requested = read(base64.b64decode(str(spec.get("request")), validate=True))
    except (KubewrightError, binascii.Error, ValueError) as error:
        return str(error) if isinstance(error, KubewrightError) else "it cannot be read"
    return foreign(requested, spec.get("usages") or [], node.name, node.addresses)


def own_alone(client: Client, service_subnets: t.Sequence[str], node: str, found: t.Sequence[str]) -> list[str]:
    """The addresses of a host under which nobody else is known: whoever has a host may give it any address.

    Left out are those of loopback, of Services and of other nodes, control planes among them. Raises ApiError, Unreachable.
    """
    services = [network.parse_subnet(text) for text in service_subnets]
    items = client.request("GET", collection_path("Node", None)).get("items") or []
    others = {address for item in items if item["metadata"]["name"] != node for address in addresses(item)}
    taken = {network.parse_ip(address) for address in others}
    left = []
    for text in found:
        address = network.parse_ip(text)
        if address is None or address.is_loopback or address.is_unspecified or address in taken:
            continue
        if not any(subnet is not None and address in subnet for subnet in services):
            left.append(text)
    return left


def look(client: Client, node: Node) -> Found:
    """The undecided requests of a node. Raises KubewrightError, ApiError, Unreachable."""
    path, items = _listed(client)
    found = Found(path, {}, {})
    for item in items:
        if _waits(item, node.name):
            name, why = str(item["metadata"]["name"]), _foreign(item, node)
            if why:
                found.foreign[name] = why
            else:
                found.fit[name] = item
    return found


def approve(client: Client, found: Found, now: datetime.datetime) -> None:
    """Approves those that fit. Raises ApiError, Unreachable."""
    condition = {
        "type": "Approved",
        "status": "True",
        "reason": "FitsTheNode",
        "message": "It asks for the names and addresses of the node's host, and for no others.",
        "lastUpdateTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for name, item in found.fit.items():
        version = item["metadata"]["resourceVersion"]
        conditions = [*((item.get("status") or {}).get("conditions") or []), condition]
        patch = {"metadata": {"resourceVersion": version}, "status": {"conditions": conditions}}
        client.request("PATCH", f"{found.path}/{name}/approval", patch)


def wait(
    client: Client, node: Node, timeout: float, sleep: t.Callable[[float], None], monotonic: t.Callable[[], float]
) -> Found:
    """The same as C(look), when one fits: others may be left of an earlier kubelet. timeout: seconds.

    Raises KubewrightError where none fits in time.
    """
    deadline = monotonic() + timeout
    while True:
        found = look(client, node)
        if found.fit:
            return found
        if monotonic() >= deadline:
            shown = "; ".join(f"{name}: {why}" for name, why in found.foreign.items()) or "it has not asked"
            raise KubewrightError(
                f"no request of {node.name} for a serving certificate fits its host after {timeout:.0f} s ({shown}). Nothing is approved. "
                "See 'journalctl -u kubelet' on that host, and 'kubectl get csr'; deny what is not the host's (kubectl certificate deny)."
            )
        sleep(_PAUSE)


__all__ = ("Found", "Node", "approve", "look", "own_alone", "wait")
