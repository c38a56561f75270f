# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Certificates: those that are on the host can be used. CertificateExpiry: which of them end soon."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import not_after
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    CA_WARNING_DAYS,
    authorities,
    certificates,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts, facts_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import CERTIFICATES, Task, plan
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question as files_to_read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, WARNING, Check

_DAY = 86400.0
_LEAF_DAYS = 30


def question(config: Config) -> dict[str, t.Any] | None:
    """C(folder), that of the certificates, and C(files) to read; None where python3-cryptography cannot be used: the
    configuration says so then.
    """
    if config.node["cryptography_error"]:
        return None
    return {"folder": config.certificates_dir, "files": files_to_read(config)}


def _problems(config: Config, facts: Facts) -> list[str]:
    """What must not be decided without the user, as the phase certs says it."""
    # Where somebody is asked for signatures, the phase certs says what is missing.
    asked = [ca.path for ca in authorities(config)] if config.data.get("certRequests") else []
    try:
        renewal = Renewal(facts.now, float(config.data["certRenewBeforeSeconds"]))
        plan(config, renewal, Task((CERTIFICATES,), requests=asked), facts)
    except KubewrightError as error:
        return str(error).splitlines()
    return []


def _ends(config: Config, facts: Facts) -> dict[str, float]:
    """The seconds until each certificate ends, by its file, for those that can be read."""
    found = {}
    for path in _paths(config):
        certificate, _problem = facts.certificate(path)
        if certificate is not None:
            found[path] = (not_after(certificate) - facts.now).total_seconds()
    return found


def _paths(config: Config) -> dict[str, str]:
    """The certificates of the host by their files, each C(ca) or C(leaf)."""
    folder = config.certificates_dir
    found = {f"{folder}/{ca.path}.crt": "ca" for ca in authorities(config)}
    found.update({f"{folder}/{leaf.path}.crt": "leaf" for leaf in certificates(config)})
    return found


def usable(config: Config, facts: t.Mapping[str, t.Any] | None) -> list[Check]:
    """What is on the host fits together. kubeadm finds this out only while it writes certificates.

    Each problem says what to do about it, and no cure fits all: a CA that lies well must not be moved away for a new one.
    """
    read = facts_of(facts) if facts is not None else None
    # A problem is what was found, and in the sentences after it what to do.
    parts = [problem.partition(". ") for problem in (_problems(config, read) if read is not None else [])]
    found = "; ".join(what.rstrip(".") for what, _stop, _cure in parts) or (
        "certificates that can be used" if read is not None and _ends(config, read) else "no certificates yet"
    )
    cure = " ".join(dict.fromkeys(cure or "Put the right file there." for _what, _stop, cure in parts))
    wanted = "none, or ones that fit together and to what is declared"
    return [Check("Certificates", ERROR, not parts, found, wanted, cure)]


def expiry(config: Config, facts: t.Mapping[str, t.Any] | None) -> list[Check]:
    """Leaves that end within 30 days or a third of their validity, and CAs that end within 180 days."""
    ends = _ends(config, facts_of(facts)) if facts is not None else {}
    if not ends:
        return []
    leaf_seconds = min(_LEAF_DAYS * _DAY, float(config.data["certRenewBeforeSeconds"]) or _LEAF_DAYS * _DAY)
    limits = {"ca": CA_WARNING_DAYS * _DAY, "leaf": leaf_seconds}
    kinds = _paths(config)
    soon = {path: seconds for path, seconds in ends.items() if seconds < limits[kinds[path]]}
    texts = [
        f"{path} {'ended' if seconds < 0 else 'ends'} {abs(seconds) / _DAY:.0f} days {'ago' if seconds < 0 else 'from now'}"
        for path, seconds in sorted(soon.items(), key=lambda item: item[1])
    ]
    found = ", ".join(texts) or f"the first one ends in {min(ends.values()) / _DAY:.0f} days"
    playbook = "init-control-plane.yml" if config.etcd_host is None else "etcd.yml"
    cure = f"Run {playbook}: it renews the leaves that are due."
    if any(kinds[path] == "ca" for path in soon):
        cure = "Plan the exchange of the CA: its certificate is never replaced by itself. " + cure
    wanted = f"leaves for {leaf_seconds / _DAY:.0f} days and CAs for {CA_WARNING_DAYS} days more"
    return [Check("CertificateExpiry", WARNING, not soon, found, wanted, cure)]


__all__ = ("expiry", "question", "usable")
