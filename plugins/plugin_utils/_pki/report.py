# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Every certificate, key pair and kubeconfig of a control plane host, each with its state."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import (
    Certificate,
    CertificateAuthority,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import KUBECONFIG_MODE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import not_after
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.authority import inspect_authority
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.comparison import is_key_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    SUPER_ADMIN,
    authorities,
    certificates,
    host_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import (
    CA,
    DUE,
    EXPIRED,
    KUBECONFIG,
    KUBELET,
    LEAF,
    MISSING,
    OK,
    SERVICE_ACCOUNT_KEY,
    UNREADABLE,
    WRONG,
    Entry,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts, Key, Pair
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import allowed_modes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.inspection import (
    Dates,
    Inspection,
    Issuer,
    find,
    inspect_leaf,
    judge,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubeconfig import (
    inspect_kubeconfig,
    rotated_dates,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import serving_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.service_account import (
    inspect_service_account,
)


def _iso(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def entry_of(inspection: Inspection, kind: str, now: datetime.datetime) -> Entry:
    """The entry of what was inspected. kind: see C(Entry)."""
    found, description = inspection.found, inspection.found.description
    algorithm = found.key.algorithm if found.key is not None else None
    unknown = Entry(
        path=inspection.path,
        kind=kind,
        certificate_path=inspection.certificate_path,
        subject=None,
        sans=[],
        issuer=None,
        not_before=None,
        not_after=None,
        days_left=None,
        key_algorithm=algorithm,
        has_key=found.key is not None,
        server=inspection.server,
        status=inspection.status,
        reason=inspection.reason,
    )
    if description is None:
        return unknown
    return unknown._replace(
        certificate_path=inspection.certificate_path or inspection.path,
        subject=description.subject,
        sans=list(description.sans),
        issuer=description.issuer,
        not_before=_iso(description.not_before),
        not_after=_iso(description.not_after),
        days_left=round((description.not_after - now).total_seconds() / 86400.0, 2),
        key_algorithm=description.key_algorithm,
    )


class _Reader:
    """The host that is looked at."""

    def __init__(self, config: Config, facts: Facts, given: t.Mapping[str, GivenCA]) -> None:
        self.config, self.facts, self.given = config, facts, given
        self.renewal = Renewal(facts.now, float(config.data["certRenewBeforeSeconds"]))
        self.dates = Dates(facts.now, facts.now + datetime.timedelta(seconds=self.renewal.before_seconds))

    def entries(self) -> list[Entry]:
        found: list[Entry] = []
        issuers = {}
        for ca in authorities(self.config):
            item, issuers[ca.path] = self.authority(ca)
            found.append(item)
            leaves = [leaf for leaf in certificates(self.config) if leaf.ca == ca.path]
            found += [self.leaf(leaf, issuers[ca.path]) for leaf in leaves]
        if self.config.is_control_plane:
            service_account = inspect_service_account(self.config, self.facts)
            found.append(entry_of(service_account, SERVICE_ACCOUNT_KEY, self.facts.now))
        for wanted in host_kubeconfigs(self.config):
            issuer = issuers[wanted.certificate.ca]
            inspection = inspect_kubeconfig(self.config, self.facts, wanted, issuer, self.renewal)
            if inspection.status != MISSING or wanted.name != SUPER_ADMIN + ".conf":
                found.append(entry_of(inspection, KUBECONFIG, self.facts.now))
        return [self.with_mode(item) for item in found] + self.serving()

    def with_mode(self, item: Entry) -> Entry:
        """The entry, with the files that grant too much where all else is well."""
        if item.status != OK:
            return item
        modes = {item.path: KUBECONFIG_MODE}
        if item.kind != KUBECONFIG:
            base = item.path[: item.path.rindex(".")]
            files = {f"{self.config.certificates_dir}/{path}": mode for path, mode in allowed_modes(self.config)}
            modes = {path: mode for path, mode in files.items() if path[: path.rindex(".")] == base}
        loose = [path for path, mode in modes.items() if self.facts.is_loose(path, mode)]
        return item._replace(status=WRONG, reason=f"{LOOSE}: {', '.join(loose)}") if loose else item

    def authority(self, ca: CertificateAuthority) -> tuple[Entry, Issuer]:
        inspection = inspect_authority(self.config, self.facts, ca, self.given.get(ca.path), self.facts.now).inspection
        certificate = inspection.found.certificate
        problem = "unreadable" if inspection.status == UNREADABLE else "missing"
        issuer = Issuer(certificate, "" if certificate is not None else f"its CA is {problem}")
        return entry_of(inspection, CA, self.facts.now), issuer

    def leaf(self, wanted: Certificate, issuer: Issuer) -> Entry:
        config, dates = self.config, Dates(self.facts.now, self.renewal.due_at(wanted))
        exact_names = bool(config.data.get("certStrictSans"))
        inspection = inspect_leaf(
            self.facts, config.certificates_dir, wanted, issuer, config.key_algorithm, dates, exact_names
        )
        return entry_of(inspection, LEAF, self.facts.now)

    def serving(self) -> list[Entry]:
        """The certificate with which the kubelet serves, where it is there."""
        rotates = bool(self.config.kubelet.get("serverTLSBootstrap"))
        path, key_path = serving_files(self.config)
        found = find(self.facts, path, key_path)
        if found.certificate is None and not found.problems:
            return []

        def reason_at(renew_at: datetime.datetime) -> str | None:
            certificate, key = t.cast(Pair, found.pair)
            if not is_key_of(t.cast(Key, key), certificate):
                return "its key belongs to another certificate"
            end = not_after(certificate)
            return f"ends at {end.isoformat()}" if end <= renew_at else None

        status, reason = judge(found, rotated_dates(found, self.dates) if rotates else self.dates, reason_at)
        if status in (DUE, EXPIRED) and not rotates:
            reason += "; nobody renews it: move it away and restart the kubelet, which makes a new one"
        inspection = Inspection(path, found, status, reason, by_kubelet=rotates)
        return [entry_of(inspection, KUBELET, self.facts.now)]


def entries(config: Config, facts: Facts, given: t.Mapping[str, GivenCA] | None = None) -> list[Entry]:
    """What is there, each CA with its leaves first; what should be there and is not, is an entry as well.

    given: the user's own CAs, by their paths below the certificates folder.

    A leaf is due within C(certRenewBeforeSeconds) of its end, a CA within C(CA_WARNING_DAYS). A certificate that the
    kubelet rotates is due when the last tenth of its validity has begun and its end is that near: it was to be replaced
    before. super-admin.conf and the kubelet's serving certificate are left out where they are absent. Raises nothing
    for files that are damaged or cannot be read.
    """
    return _Reader(config, facts, given or {}).entries()


__all__ = ("entries", "entry_of")
