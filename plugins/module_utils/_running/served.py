# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Whether the servers of the control plane show the certificates that lie on the host."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ssl
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.watched import WatchedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pem import blocks
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.control_plane import ControlPlane
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.reload import flag_values, host_path

# kube-apiserver looks at its files once a minute where it is not told of a change.
RELOAD_PATIENCE = 90.0
_ATTEMPTS = 3
_PAUSE = 0.5


class Server(t.NamedTuple):
    """A TLS server. paths: the host's files one of whose certificates it may show, the usual one first."""

    name: str
    host: str
    port: int
    paths: tuple[str, ...]


class Served(t.NamedTuple):
    """What servers show. right: the certificates (DER) of those that show what is on the host. wrong: of the others."""

    right: dict[str, bytes]
    wrong: dict[str, bytes]


def _last(given: t.Mapping[str, t.Sequence[str]], flag: str) -> str:
    return given.get(flag, [""])[-1]


def _apiserver(control_plane: ControlPlane, given: t.Mapping[str, t.Sequence[str]]) -> Server | None:
    port = _last(given, "secure-port") or "6443"
    if not _last(given, "tls-cert-file") or not port.isdigit():
        return None
    # Not the advertised address, behind which a load balancer may send us to another API server.
    bind = _last(given, "bind-address") or "0.0.0.0"
    # Which of them is shown may depend on the address that is asked.
    by_name = [value.split(":")[0].split(",")[0] for value in given.get("tls-sni-cert-key", [])]
    component = control_plane.components.get("kube-apiserver")
    paths = [host_path(component, path) for path in (_last(given, "tls-cert-file"), *by_name)]
    return Server("kube-apiserver", network.LOOPBACK_OF.get(bind, bind), int(port), tuple(paths))


def _etcd(given: t.Mapping[str, t.Sequence[str]]) -> list[Server]:
    # A configuration file of etcd's makes it ignore its flags.
    if "config-file" in given:
        return []
    found = []
    for name, listen, certificate in (
        ("etcd", "listen-client-urls", "cert-file"),
        ("etcd-peer", "listen-peer-urls", "peer-cert-file"),
    ):
        listener = network.first_listener(_last(given, listen))
        path = _last(given, certificate)
        if path and listener is not None and listener[0] == "https":
            found.append(Server(name, listener[1], listener[2], (path,)))
    return found


def servers(control_plane: ControlPlane, arguments: t.Mapping[str, t.Sequence[str]]) -> list[Server]:
    """The servers whose certificate is a file of the host. arguments: those of the processes that run, by component."""
    found = []
    apiserver = _apiserver(control_plane, flag_values(arguments.get("kube-apiserver", ())))
    if apiserver is not None:
        found.append(apiserver)
    return found + _etcd(flag_values(arguments.get("etcd", ())))


def first_certificate(pem: bytes) -> bytes | None:
    """The first certificate (DER) of a PEM text, which is the server's own; None where there is none."""
    found = next((item.body for item in blocks(pem) if item.label == b"CERTIFICATE"), None)
    try:
        return base64.b64decode(found) if found is not None else None
    except binascii.Error:
        return None


def certificates_of(host: WatchedHost, paths: t.Sequence[str]) -> set[bytes]:
    """The servers' own certificates (DER) in files of the host; none for a file that is not there or damaged."""
    contents = [host.content(path) for path in paths]
    found = [first_certificate(content) for content in contents if content is not None]
    return {certificate for certificate in found if certificate is not None}


def shows_another(
    host: WatchedHost,
    control_plane: ControlPlane,
    arguments: t.Mapping[str, t.Sequence[str]],
    show: t.Callable[[str, int], bytes | None],
) -> str | None:
    """The host's file that kube-apiserver does not show, where it reads it only when it starts; else None.

    It tells a changed file also where its time does not: one that was put in its place with a time of long ago.
    """
    if control_plane.components["kube-apiserver"].reloads["tls-cert-file"]:
        return None
    for server in servers(control_plane, arguments):
        wanted = certificates_of(host, server.paths) if server.name == "kube-apiserver" else set()
        shown = show(server.host, server.port) if wanted else None
        if shown is not None and shown not in wanted:
            return server.paths[0]
    return None


def ask(
    wanted: t.Mapping[Server, t.Collection[bytes]],
    show: t.Callable[[str, int], bytes | None],
    patience: float,
    sleep: t.Callable[[float], None],
    monotonic: t.Callable[[], float],
) -> Served:
    """Asks until every server shows one of the certificates that are wanted of it, or the patience (seconds) is over.

    A server of which nothing is wanted is taken as it is. One that shows nothing in three attempts is left out.
    """
    start = monotonic()
    right: dict[str, bytes] = {}
    attempts = 0
    while True:
        wrong: dict[str, bytes] = {}
        silent = False
        attempts += 1
        for server, certificates in wanted.items():
            shown = right.get(server.name) or show(server.host, server.port)
            if shown is None:
                silent = silent or attempts < _ATTEMPTS
            elif not certificates or shown in certificates:
                right[server.name] = shown
            else:
                wrong[server.name] = shown
        if not (wrong or silent) or monotonic() - start >= patience:
            return Served(right, wrong)
        sleep(_PAUSE)


def describe(server: Server, certificate: bytes) -> dict[str, t.Any]:
    """A served certificate for the result. Its dates and number are None where it cannot be read."""
    found: dict[str, t.Any] = {
        "address": network.host_port(server.host, server.port),
        "path": server.paths[0],
        "serial_number": None,
        "not_after": None,
        "sha256": hashlib.sha256(certificate).hexdigest(),
    }
    try:
        loaded = _x509.load_certificate(ssl.DER_cert_to_PEM_cert(certificate).encode("ascii"))
        text = f"{loaded.serial_number:X}"
        # As openssl prints it: whole bytes.
        found["serial_number"] = text.rjust(len(text) + len(text) % 2, "0")
        found["not_after"] = _x509.not_after(loaded).strftime("%Y-%m-%dT%H:%M:%SZ")
    except KubewrightError:
        pass
    return found


__all__ = (
    "RELOAD_PATIENCE",
    "Served",
    "Server",
    "ask",
    "certificates_of",
    "describe",
    "first_certificate",
    "servers",
    "shows_another",
)
