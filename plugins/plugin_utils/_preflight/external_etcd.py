# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""ExternalEtcdVersion and ExternalEtcdClientCertificates."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check

_FILES = ("caFile", "certFile", "keyFile")
_NUMBERS = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def question(config: Config) -> dict[str, t.Any] | None:
    """C(endpoints) and C(files) by their names in the configuration. None with a local etcd."""
    external = config.external_etcd
    if external is None:
        return None
    endpoints = [str(endpoint) for endpoint in external.get("endpoints") or []]
    return {"endpoints": endpoints, "files": {name: external[name] for name in _FILES if external.get(name)}}


def _numbers(version: str) -> tuple[int, ...]:
    match = _NUMBERS.match(version)
    return tuple(int(number) for number in match.groups()) if match else ()


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Each endpoint answers with a version that this minor takes, and each configured file is there."""
    asked = question(config)
    if asked is None:
        return []
    least = config.release.external_etcd_minimum
    wanted = f"etcd {least} or later"
    checks = []
    for endpoint in dict.fromkeys(asked["endpoints"]):
        version, error = facts["versions"][endpoint]
        found = f"{endpoint} has etcd {version}" if version else f"{endpoint} does not answer: {error}"
        passed = version is not None and _numbers(version) >= _numbers(least)
        cure = f"Upgrade that etcd to {least} or later."
        if version is None:
            cure = "See that etcd runs, that the host reaches it, and that kubewright_etcd_external names its files."
        checks.append(Check("ExternalEtcdVersion", ERROR, passed, found, wanted, cure))
    for path in dict.fromkeys(asked["files"].values()):
        is_there = facts["files"][path]
        found = f"{path} is {'there' if is_there else 'not there'}"
        cure = f"Copy the file to {path} on the host, or correct kubewright_etcd_external."
        checks.append(Check("ExternalEtcdClientCertificates", ERROR, is_there, found, "the file on the host", cure))
    return checks


__all__ = ("check", "question")
