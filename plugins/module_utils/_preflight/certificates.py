# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Certificates: those that are on the host can be used. CertificateExpiry: which of them end soon."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import declared
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.check import ERROR, WARNING, Check
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.host import Host

_DAY = 86400.0
_LEAF_DAYS = 30


def _paths(config: Config) -> dict[str, str]:
    """The certificates of the host by their files, each C(ca) or C(leaf)."""
    folder = config.certificates_dir
    paths = {f"{folder}/{ca.path}.crt": "ca" for ca in declared.authorities(config)}
    paths.update({f"{folder}/{leaf.path}.crt": "leaf" for leaf in declared.certificates(config)})
    return paths


def gather(host: Host, config: Config) -> dict[str, t.Any]:
    """C(problems): what must not be decided without the user, as the phase certs says it. C(ends): by file, the seconds
    until a certificate ends. Empty on a blank host, and where python3-cryptography cannot be used; the configuration says
    so then.
    """
    if config.node["cryptography_error"] or not host.exists(config.certificates_dir):
        return {"problems": [], "ends": {}}
    # Only here: it takes its time, and a host without python3-cryptography must still be told about all else.
    from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import credentials as _credentials
    from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import folder as _pki
    from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509

    now = datetime.datetime.now(datetime.timezone.utc)
    problems = []
    try:
        renewal = _pki.Renewal(now, float(config.data["certRenewBeforeSeconds"]))
        # Where somebody is asked for signatures, the phase certs says what is missing.
        asked = [ca.path for ca in declared.authorities(config)] if config.data.get("certRequests") else []
        task = _credentials.Task((_credentials.CERTIFICATES,), requests=asked)
        _credentials.plan(config, renewal, task, host.path(""))
    except KubewrightError as error:
        problems = str(error).splitlines()
    ends = {}
    for path in _paths(config):
        try:
            ends[path] = (_x509.not_after(_x509.load_certificate(host.data(path) or b"")) - now).total_seconds()
        except KubewrightError:
            continue
    return {"problems": problems, "ends": ends}


def usable(_config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """What is on the host fits together. kubeadm finds this out only while it writes certificates.

    Each problem says what to do about it, and no cure fits all: a CA that lies well must not be moved away for a new one.
    """
    # A problem is what was found, and in the sentences after it what to do.
    parts = [problem.partition(". ") for problem in facts["problems"]]
    found = "; ".join(what.rstrip(".") for what, _stop, _cure in parts) or (
        "certificates that can be used" if facts["ends"] else "no certificates yet"
    )
    cure = " ".join(dict.fromkeys(cure or "Put the right file there." for _what, _stop, cure in parts))
    wanted = "none, or ones that fit together and to what is declared"
    return [Check("Certificates", ERROR, not parts, found, wanted, cure)]


def expiry(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """Leaves that end within 30 days or a third of their validity, and CAs that end within 180 days."""
    if not facts["ends"]:
        return []
    leaf_seconds = min(_LEAF_DAYS * _DAY, float(config.data["certRenewBeforeSeconds"]) or _LEAF_DAYS * _DAY)
    limits = {"ca": declared.CA_WARNING_DAYS * _DAY, "leaf": leaf_seconds}
    kinds = _paths(config)
    soon = {path: seconds for path, seconds in facts["ends"].items() if seconds < limits[kinds[path]]}
    texts = [
        f"{path} {'ended' if seconds < 0 else 'ends'} {abs(seconds) / _DAY:.0f} days {'ago' if seconds < 0 else 'from now'}"
        for path, seconds in sorted(soon.items(), key=lambda item: item[1])
    ]
    found = ", ".join(texts) or f"the first one ends in {min(facts['ends'].values()) / _DAY:.0f} days"
    cure = "Run init-control-plane.yml: it renews the leaves that are due."
    if any(kinds[path] == "ca" for path in soon):
        cure = "Plan the exchange of the CA: its certificate is never replaced by itself. " + cure
    wanted = f"leaves for {leaf_seconds / _DAY:.0f} days and CAs for {declared.CA_WARNING_DAYS} days more"
    return [Check("CertificateExpiry", WARNING, not soon, found, wanted, cure)]


__all__ = ("expiry", "gather", "usable")
