# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Reads certificates, keys and kubeconfigs of a host. What is returned has no private key in it.

What is damaged is said as C(problem), a text with the path of the file; nothing here raises for what lies on the host.
"""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    decode_data,
    holds_more,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pending import pending_names, pending_path

Facts = t.Dict[str, t.Any]


def _key_facts(key: _x509.PrivateKey) -> Facts:
    return {"public": _x509.public_key_pem(key).decode("ascii"), "algorithm": _x509.algorithm_of(key)}


def _certificate(content: bytes) -> Facts:
    return {"pem": _x509.certificate_pem(_x509.load_certificate(content)).decode("ascii")}


def _key(content: bytes) -> Facts:
    return _key_facts(_x509.load_key(content))


def _public_key(content: bytes) -> Facts:
    return {"public": _x509.load_public_key(content).decode("ascii")}


def _client(user: t.Mapping[str, t.Any]) -> Facts:
    """The client certificate and key inside a kubeconfig."""
    try:
        certificate = _certificate(decode_data(user.get("client-certificate-data")) or b"")
        return {"certificate": certificate["pem"], "key": _key(decode_data(user.get("client-key-data")) or b"")}
    except KubewrightError:
        return {"problem": "its client certificate or key is unreadable"}


def _authority(data: str | None) -> str | None:
    """The CA's certificate (PEM) inside a kubeconfig, or None where it cannot be read."""
    try:
        return str(_certificate(decode_data(data) or b"")["pem"])
    except KubewrightError:
        return None


def kubeconfig_facts(content: bytes) -> Facts:
    """What is to be known of a kubeconfig.

    blank: whether nothing is in it. problem: why it is none, or empty; then there is no more. server: URL. ca: the CA's
    certificate (PEM), or None; ca_data: the same as it is written, in base64. client: C(certificate) (PEM) and C(key), or a
    C(problem). refers: the file of the client certificate, or None. more: whether it has more than one cluster, user or context.
    """
    text = content.decode("utf-8", "replace")
    try:
        contents = read_kubeconfig(text)
    except KubewrightError as error:
        return {"blank": not content.strip(), "problem": str(error)}
    refers = contents.user.get("client-certificate")
    return {
        "blank": False,
        "problem": "",
        "server": contents.server,
        "ca": _authority(contents.ca_data),
        "ca_data": contents.ca_data if isinstance(contents.ca_data, str) else None,
        "client": _client(contents.user),
        "refers": refers if isinstance(refers, str) else None,
        "more": holds_more(text),
    }


def _loaded(path: str, content: bytes, loader: t.Callable[[bytes], Facts]) -> Facts:
    try:
        return loader(content)
    except KubewrightError as error:
        return {"problem": f"{path} {error}"}


_LOADERS: t.Mapping[str, t.Callable[[bytes], Facts]] = {
    "certificates": _certificate,
    "keys": _key,
    "public_keys": _public_key,
    "kubeconfigs": kubeconfig_facts,
}


def read(host: Host, asked: t.Mapping[str, t.Sequence[str]], now: datetime.datetime) -> Facts:
    """The facts of the files that are asked for by their paths, under C(certificates), C(keys), C(public_keys) and
    C(kubeconfigs); those that are absent are in C(files) alone.

    files: by path None where it is absent, C(digest) (SHA-256), C(mode) (permission bits) and C(is_roots), or a C(problem).
    certificates: C(pem) of the first certificate. keys: C(public) (PEM) and C(algorithm). public_keys: C(public) (PEM).
    kubeconfigs: see C(kubeconfig_facts). pending: as keys, by the names of their requests; None for one that is damaged.
    now: the time of the host in ISO 8601.
    """
    found: Facts = {kind: {} for kind in _LOADERS}
    found["files"] = {}
    for kind, loader in _LOADERS.items():
        for path in asked.get(kind, ()):
            try:
                state = host.file(path)
            except KubewrightError as error:
                found["files"][path] = {"problem": str(error).replace(host.path(path), path)}
                continue
            if state is None:
                found["files"][path] = None
                continue
            is_roots = not files.loosened(state, 0o7777)
            found["files"][path] = {"digest": digest(state.content), "mode": state.mode, "is_roots": is_roots}
            found[kind][path] = _loaded(path, state.content, loader)
    found["pending"] = {name: _pending(host, name) for name in pending_names(host)}
    found["now"] = now.isoformat()
    return found


def _pending(host: Host, name: str) -> Facts | None:
    try:
        state = host.file(pending_path(name))
        return _key(state.content) if state is not None else None
    except KubewrightError:
        return None


__all__ = ("Facts", "kubeconfig_facts", "read")
