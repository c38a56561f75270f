# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The etcd of a host: as the API server of a control plane reaches it, or as a host of an external etcd reaches its own member."""

from __future__ import annotations

import posixpath
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import failure
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.network import first_listener, host_port
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.ports import ETCD_CLIENT
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import add_client, trusting
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.client import NO_ANSWER, Server, health
from ansible_collections.kubewright.control_plane.plugins.module_utils._etcd.membership import Member
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import (
    API_SERVER_MANIFEST,
    ETCD_MANIFEST,
    StaticPod,
    on_host,
    read_static_pod,
    static_pod_of,
)


def has_member(host: Host) -> bool:
    """Whether a member of etcd runs on the host as a static pod."""
    return host.exists(ETCD_MANIFEST)


def _file(pod: StaticPod, flag: str) -> str:
    """Where the file lies on the host that a flag names. Raises KubewrightError where there is none."""
    path = on_host(pod, pod.flag(flag))
    if path is None:
        raise KubewrightError(f"{pod.path} names no file of the host in --{flag}, by which etcd is reached")
    return path


def api_server(host: Host) -> StaticPod:
    """The API server of the host. Raises KubewrightError where it has none that can be read."""
    text = host.content(API_SERVER_MANIFEST)
    if text is None:
        raise KubewrightError(
            f"there is no {API_SERVER_MANIFEST} on this host. Run role init on it first, or ask another control plane."
        )
    try:
        return read_static_pod(API_SERVER_MANIFEST, text.decode("utf-8", "replace"))
    except Unreadable as error:
        raise KubewrightError(f"{API_SERVER_MANIFEST} cannot be read: {error}") from None


class _Client(t.NamedTuple):
    """How etcd is asked: by whose manifest, at which URL, and with which files of the host."""

    manifest: str
    url: str
    ca: str
    certificate: str
    key: str


def _by_api_server(host: Host) -> _Client:
    pod = api_server(host)
    files = (_file(pod, flag) for flag in ("etcd-cafile", "etcd-certfile", "etcd-keyfile"))
    return _Client(API_SERVER_MANIFEST, pod.flag("etcd-servers").split(",")[0], *files)


def _by_member(host: Host) -> _Client:
    """By the client certificate that kubeadm makes for the probe of etcd (healthcheck-client)."""
    pod = static_pod_of(host, "etcd")
    if pod is None:
        raise KubewrightError(f"{ETCD_MANIFEST} cannot be read")
    ca = _file(pod, "trusted-ca-file")
    client = posixpath.dirname(ca) + "/healthcheck-client"
    # One that stands for all addresses is in no certificate.
    scheme, address, port = first_listener(pod.flag("listen-client-urls")) or ("https", "127.0.0.1", ETCD_CLIENT)
    return _Client(ETCD_MANIFEST, f"{scheme}://{host_port(address, port)}", ca, f"{client}.crt", f"{client}.key")


def server(host: Host) -> Server:
    """The first server that the API server of this host asks; without one, its own member of an external etcd.

    Raises KubewrightError where it cannot be asked in the same way.
    """
    client = (
        _by_member(host)
        if host.exists(ETCD_MANIFEST) and not host.exists(API_SERVER_MANIFEST)
        else _by_api_server(host)
    )
    try:
        context = trusting(host.content(client.ca) or b"")
        add_client(context, host.path(client.certificate), host.path(client.key))
    except KubewrightError as error:
        raise KubewrightError(
            f"the certificates by which {client.manifest} reaches etcd cannot be used: {error}"
        ) from None
    return Server(client.url, context)


def _own_flag(host: Host, flag: str) -> str:
    """Of the host's own etcd; empty where it has none, or its manifest cannot be read."""
    pod = static_pod_of(host, "etcd")
    return pod.flag(flag) if pod is not None else ""


def own_ca(host: Host) -> str:
    """Where the CA lies on the host that its own etcd trusts its clients by; empty where that is not known."""
    pod = static_pod_of(host, "etcd")
    return (on_host(pod, pod.flag("trusted-ca-file")) or "") if pod is not None else ""


def own_name(host: Host) -> str:
    """The name of this host's member, which is that of its node; empty where it has no member, or its manifest cannot be read."""
    return _own_flag(host, "name")


def own_peers(host: Host) -> list[str]:
    """The URLs of this host's member for the others; none where it has no member, or its manifest cannot be read."""
    urls = _own_flag(host, "initial-advertise-peer-urls")
    return urls.split(",") if urls else []


def has_vote(host: Host, found: t.Sequence[t.Mapping[str, t.Any]]) -> bool:
    """Whether the member of this host has started and has a vote, or its etcd is external. found: the members, as plain data."""
    peers = set(own_peers(host))
    return not peers or any(
        peers & set(member["peers"]) and member["name"] and not member["is_learner"] for member in found
    )


def illness(answer: t.Mapping[str, t.Any]) -> str:
    """What a member says is wrong with it; empty where it is healthy. answer: of C(client.health)."""
    if str(answer.get("health")).lower() == "true":
        return ""
    return str(answer.get("reason") or "it says that it is not healthy")


def unhealthy(asked: Server, member: Member) -> str:
    """Why a member is not healthy; empty where it is. asked: how one of them is reached."""
    if not member.clients:
        return "it has never started"
    try:
        return illness(health(asked._replace(url=member.clients[0])))
    except NO_ANSWER as error:
        return failure(error)


__all__ = ("api_server", "has_member", "has_vote", "illness", "own_ca", "own_name", "own_peers", "server", "unhealthy")
