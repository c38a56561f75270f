# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The versions of an external etcd, asked as the API server will ask it."""

from __future__ import annotations

import functools
import http.client
import json
import ssl
import typing as t
import urllib.request

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import as_kubernetes_trusts
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.patience import all_within

_TIMEOUT = 5.0


def _context(host: InspectedHost, files: t.Mapping[str, str]) -> ssl.SSLContext:
    ca, certificate, key = (files.get(name) for name in ("caFile", "certFile", "keyFile"))
    context = as_kubernetes_trusts(ssl.create_default_context(cafile=host.path(ca) if ca else None))
    if certificate and key:
        # Without a password an encrypted key would be asked for on the terminal.
        context.load_cert_chain(host.path(certificate), host.path(key), password=lambda: "")
    return context


def _version(endpoint: str, context: ssl.SSLContext) -> tuple[str | None, str]:
    """The version of the server behind an endpoint, or None and why it is not known."""
    # The control plane speaks to etcd directly, whatever the environment's proxies are.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(endpoint.rstrip("/") + "/version", timeout=_TIMEOUT) as response:
            return str(json.loads(response.read(2**16))["etcdserver"]), ""
    except (ValueError, KeyError, TypeError, http.client.HTTPException):
        return None, "the answer is not etcd's"
    except OSError as error:
        reason: t.Any = getattr(error, "reason", None) or error
        return None, str(getattr(reason, "strerror", None) or reason)


def gather(host: InspectedHost, question: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(files): of each configured file, whether it is there. C(versions): by endpoint, the version and the error.

    question: C(endpoints), URLs. C(files): the paths of the client's, those of C(caFile), C(certFile) and C(keyFile) that are
    configured.
    """
    endpoints = question["endpoints"]
    files = {path: host.exists(path) for path in question["files"].values()}
    try:
        context = _context(host, question["files"])
    except (OSError, ValueError):
        reason = "the client's files cannot be used: absent, not in PEM form, encrypted, or not a pair"
        return {"files": files, "versions": {endpoint: [None, reason] for endpoint in endpoints}}
    questions = {endpoint: functools.partial(_version, endpoint, context) for endpoint in endpoints}
    silence: tuple[str | None, str] = (None, "no answer in time")
    answers = all_within(2 * _TIMEOUT, questions, silence)
    return {"files": files, "versions": {endpoint: list(answer) for endpoint, answer in answers.items()}}


__all__ = ("gather",)
