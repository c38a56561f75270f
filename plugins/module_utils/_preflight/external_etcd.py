# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The versions of an external etcd, asked as the API server will ask it."""

from __future__ import annotations

import functools
import http.client
import ssl
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.exchange import get, json_object
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import (
    add_client,
    as_kubernetes_trusts,
    trusting,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.memory import as_file
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.patience import all_within

_TIMEOUT = 5.0
_LARGEST, _FOUND = 2**16, 200


def _content(host: InspectedHost, path: str) -> bytes:
    data = host.data(path)
    if data is None:
        raise KubewrightError(f"{path} cannot be read")
    return data


def _context(host: InspectedHost, files: t.Mapping[str, str]) -> ssl.SSLContext:
    """Raises KubewrightError where the client's files cannot be used."""
    ca, certificate, key = (files.get(name) for name in ("caFile", "certFile", "keyFile"))
    # Without a CA etcd's certificate has to be one of the system's authorities, as for the API server.
    context = trusting(_content(host, ca)) if ca else as_kubernetes_trusts(ssl.create_default_context())
    if certificate and key:
        with as_file(_content(host, certificate)) as shown, as_file(_content(host, key)) as kept:
            add_client(context, shown, kept)
    return context


def _version(endpoint: str, context: ssl.SSLContext) -> tuple[str | None, str]:
    """The version of the server behind an endpoint, or None and why it is not known."""
    # The control plane speaks to etcd directly, whatever the environment's proxies are.
    try:
        answer = get(endpoint.rstrip("/") + "/version", _TIMEOUT, context, _LARGEST)
        if answer.status != _FOUND:
            return None, f"HTTP status {answer.status}"
        return line(str(json_object(answer.body)["etcdserver"])), ""
    except ssl.SSLCertVerificationError as error:
        return None, f"its certificate is not trusted: {error.verify_message}"
    except (ValueError, KeyError, TypeError, http.client.HTTPException):
        return None, "the answer is not etcd's"
    except OSError as error:
        return None, str(error.strerror or error)


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(files): of each configured file, whether it is there. C(versions): by endpoint, the version and the error.

    question: C(endpoints), URLs. C(files): the paths of the client's, those of C(caFile), C(certFile) and C(keyFile) that are
    configured.
    """
    endpoints = question["endpoints"]
    files = {path: host.exists(path) for path in question["files"].values()}
    try:
        context = _context(host, question["files"])
    except (KubewrightError, OSError, ValueError):
        reason = "the client's files cannot be used: absent, not in PEM form, encrypted, or not a pair"
        return {"files": files, "versions": {endpoint: [None, reason] for endpoint in endpoints}}
    questions = {endpoint: functools.partial(_version, endpoint, context) for endpoint in endpoints}
    silence: tuple[str | None, str] = (None, "no answer in time")
    answers = all_within(2 * _TIMEOUT, questions, silence)
    return {"files": files, "versions": {endpoint: list(answer) for endpoint, answer in answers.items()}}


__all__ = ("gather",)
