# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""ExternalEtcdVersion and ExternalEtcdClientCertificates."""

from __future__ import annotations

import functools
import http.client
import json
import re
import ssl
import typing as t
import urllib.request

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.tls import as_kubernetes_trusts
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import ERROR, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.patience import all_within

_FILES = ("caFile", "certFile", "keyFile")
_TIMEOUT = 5.0
_NUMBERS = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def _context(host: Host, external: t.Mapping[str, t.Any]) -> ssl.SSLContext:
    ca, certificate, key = (external.get(name) for name in _FILES)
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


def gather(host: Host, config: Config) -> dict[str, t.Any]:
    """C(files): of each configured file, whether it is there. C(versions): by endpoint, the version and the error.

    Empty with a local etcd.
    """
    external = config.external_etcd
    if external is None:
        return {}
    endpoints = [str(endpoint) for endpoint in external.get("endpoints") or []]
    files = {external[name]: host.exists(external[name]) for name in _FILES if external.get(name)}
    try:
        context = _context(host, external)
    except (OSError, ValueError):
        reason = "the client's files cannot be used: absent, not in PEM form, encrypted, or not a pair"
        return {"files": files, "versions": {endpoint: [None, reason] for endpoint in endpoints}}
    questions = {endpoint: functools.partial(_version, endpoint, context) for endpoint in endpoints}
    silence: tuple[str | None, str] = (None, "no answer in time")
    answers = all_within(2 * _TIMEOUT, questions, silence)
    return {"files": files, "versions": {endpoint: list(answer) for endpoint, answer in answers.items()}}


def _numbers(version: str) -> tuple[int, ...]:
    match = _NUMBERS.match(version)
    return tuple(int(number) for number in match.groups()) if match else ()


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Each endpoint answers with a version that this minor takes, and each configured file is there."""
    if config.external_etcd is None:
        return []
    least = config.release.external_etcd_minimum
    wanted = f"etcd {least} or later"
    checks = []
    for endpoint, (version, error) in facts["versions"].items():
        found = f"{endpoint} has etcd {version}" if version else f"{endpoint} does not answer: {error}"
        passed = version is not None and _numbers(version) >= _numbers(least)
        cure = f"Upgrade that etcd to {least} or later."
        if version is None:
            cure = "See that etcd runs, that the host reaches it, and that kubewright_etcd_external names its files."
        checks.append(Check("ExternalEtcdVersion", ERROR, passed, found, wanted, cure))
    for path, is_there in facts["files"].items():
        found = f"{path} is {'there' if is_there else 'not there'}"
        cure = f"Copy the file to {path} on the host, or correct kubewright_etcd_external."
        checks.append(Check("ExternalEtcdClientCertificates", ERROR, is_there, found, "the file on the host", cure))
    return checks


__all__ = ("check", "gather")
