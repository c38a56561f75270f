# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Every certificate, key pair and kubeconfig of a control plane host, each with its state; nothing is written."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE, loosened, read_file
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import declared, state
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import entry as entries_of
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.entry import (
    DUE,
    EXPIRED,
    MISSING,
    OK,
    UNREADABLE,
    WRONG,
    Entry,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.folder import (
    Renewal,
    certificate_files,
    certificate_reason,
    check_present,
    load_ca,
    service_account_reason,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig import (
    client_pair,
    kubeconfig_reason,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    KUBECONFIG_MODE,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_kubeconfig import (
    kubelet_certificates_dir,
    rotated_certificate,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.state import Dates, Found, Verdict

# The kubelet requests a new certificate when 70 to 90 % of the validity are over (client-go, util/certificate).
_ROTATED_REMAINDER = 0.1

_NOTHING = Found(None, None, None, ())


class _Authority(t.NamedTuple):
    """A CA as far as leaves can be compared with it. problem: why there is no pair."""

    pair: _x509.Pair | None
    problem: str


class _Reader:
    """The host that is looked at. root: a folder that stands for C(/)."""

    def __init__(self, config: Config, now: datetime.datetime, root: str, given: t.Mapping[str, GivenCA]) -> None:
        self.config = config
        self.given = given
        self.root = root
        self.renewal = Renewal(now, float(config.data["certRenewBeforeSeconds"]))
        self.dates = Dates(now, now + datetime.timedelta(seconds=self.renewal.before_seconds))
        self.directory = root + config.certificates_dir

    def entries(self) -> list[Entry]:
        found: list[Entry] = []
        authorities = {}
        for ca in declared.authorities(self.config):
            item, authorities[ca.path] = self.authority(ca)
            found.append(item)
            leaves = [leaf for leaf in declared.certificates(self.config) if leaf.ca == ca.path]
            found += [self.leaf(leaf, authorities[ca.path]) for leaf in leaves]
        found.append(self.service_account())
        for wanted in declared.host_kubeconfigs(self.config):
            kubeconfig = self.kubeconfig(wanted, authorities[wanted.certificate.ca])
            if kubeconfig.status != MISSING or wanted.name != declared.SUPER_ADMIN + ".conf":
                found.append(kubeconfig)
        found = [self.with_mode(item) for item in found] + self.serving()
        return [self.on_host(item) for item in found]

    def with_mode(self, item: Entry) -> Entry:
        """The entry, with the files that grant too much where all else is well."""
        if item.status != OK:
            return item
        modes = {item.path: KUBECONFIG_MODE}
        if item.kind != entries_of.KUBECONFIG:
            base = item.path[: item.path.rindex(".")]
            files = {f"{self.config.certificates_dir}/{path}": mode for path, mode in certificate_files(self.config)}
            modes = {path: mode for path, mode in files.items() if path[: path.rindex(".")] == base}
        loose = [path for path, mode in modes.items() if self.is_loose(path, mode)]
        return item._replace(status=WRONG, reason=f"{LOOSE}: {', '.join(loose)}") if loose else item

    def is_loose(self, path: str, mode: int) -> bool:
        state = read_file(self.root + path)
        return state is not None and loosened(state, mode)

    def on_host(self, item: Entry) -> Entry:
        """The entry with the host's own paths in its texts."""
        return item._replace(reason=item.reason.replace(self.root + "/", "/")) if self.root else item

    def find(self, path: str) -> Found:
        """The pair at a path below the certificates folder."""
        return state.find(f"{self.directory}/{path}.crt", f"{self.directory}/{path}.key")

    def certificate_path(self, path: str) -> str:
        return f"{self.config.certificates_dir}/{path}.crt"

    def authority(self, ca: declared.CertificateAuthority) -> tuple[Entry, _Authority]:
        found = self.find(ca.path)
        verdict = self.judge_authority(ca, found)
        item = state.entry(self.certificate_path(ca.path), entries_of.CA, found, self.dates.now, verdict)
        if found.certificate is not None:
            return item, _Authority(_x509.Pair(found.certificate, found.key), "")
        return item, _Authority(None, f"its CA is {'unreadable' if verdict[0] == UNREADABLE else 'missing'}")

    def judge_authority(self, ca: declared.CertificateAuthority, found: Found) -> Verdict:
        if found.problems:
            return UNREADABLE, "; ".join(found.problems)
        try:
            pair = load_ca(self.directory, ca, self.dates.now)
            check_present(self.config, ca.path, pair, self.given.get(ca.path), self.dates.now)
            refused = ""
        except KubewrightError as error:
            refused = str(error)
        if found.description is None:
            return MISSING, refused or "missing"
        end = found.description.not_after
        if end <= self.dates.now:
            return EXPIRED, refused
        if refused:
            return WRONG, refused
        if end <= self.dates.now + datetime.timedelta(days=declared.CA_WARNING_DAYS):
            return DUE, f"ends at {end.isoformat()}, and is never replaced by itself: plan its exchange"
        return OK, ""

    def leaf(self, wanted: declared.Certificate, ca: _Authority) -> Entry:
        found = self.find(wanted.path)

        def reason_at(renew_at: datetime.datetime) -> str | None:
            if ca.pair is None:
                return ca.problem
            exact_names = bool(self.config.data.get("certStrictSans"))
            algorithm = self.config.key_algorithm
            return certificate_reason(found.certificate, found.key, wanted, ca.pair, algorithm, renew_at, exact_names)

        verdict = state.judge(found, self.dates, reason_at)
        return state.entry(self.certificate_path(wanted.path), entries_of.LEAF, found, self.dates.now, verdict)

    def service_account(self) -> Entry:
        key, key_problems = state.attempt(f"{self.directory}/sa.key", _x509.load_key)
        public, public_problems = state.attempt(f"{self.directory}/sa.pub", _x509.load_public_key)
        problems = (*key_problems, *public_problems)
        if problems:
            verdict = (UNREADABLE, "; ".join(problems))
        else:
            try:
                reason = service_account_reason(self.directory)
            except KubewrightError as error:
                reason = str(error)
            status = WRONG if key is not None and public is not None else MISSING
            verdict = (OK, "") if reason is None else (status, reason)
        path = self.config.certificates_dir + "/sa.key"
        found = _NOTHING._replace(key=key)
        return state.entry(path, entries_of.SERVICE_ACCOUNT_KEY, found, self.dates.now, verdict)

    def kubeconfig(self, wanted: declared.Kubeconfig, ca: _Authority) -> Entry:
        def entry(found: Found, verdict: Verdict, source: str | None = None, server: str | None = None) -> Entry:
            return state.entry(wanted.path, entries_of.KUBECONFIG, found, self.dates.now, verdict, source, server)

        text, problems = state.attempt(self.root + wanted.path, lambda data: data.decode("utf-8", "replace"))
        if problems:
            return entry(_NOTHING, (UNREADABLE, problems[0]))
        if text is None:
            return entry(_NOTHING, (MISSING, "missing"))
        try:
            contents = read_kubeconfig(text)
        except KubewrightError as error:
            return entry(_NOTHING, (UNREADABLE, str(error)))
        rotated = rotated_certificate(self.config)
        refers = contents.user.get("client-certificate") == rotated
        if refers:
            found = state.find(self.root + rotated, self.root + rotated)
            algorithm = found.description.key_algorithm if found.description else ""
        else:
            try:
                found = state.found_pair(client_pair(contents))
            except KubewrightError as error:
                return entry(_NOTHING, (UNREADABLE, str(error)), server=contents.server)
            algorithm = self.config.key_algorithm

        def reason_at(renew_at: datetime.datetime) -> str | None:
            if ca.pair is None:
                return ca.problem
            reason = kubeconfig_reason(text, wanted, ca.pair, algorithm, renew_at, rotated)
            if reason is None and refers:
                # The kubelet chooses the kind of key itself.
                return certificate_reason(
                    found.certificate, found.key, wanted.certificate, ca.pair, algorithm, renew_at
                )
            return reason

        # Where the CA's key is elsewhere, nobody signs what the kubelet asks for, and a run renews it.
        rotates = refers and not self.config.node.get("external_ca")
        due_at = self.renewal.due_at(wanted.certificate)
        dates = self.rotated_dates(found) if rotates else self.dates._replace(renew_at=due_at)
        verdict = state.judge(found, dates, reason_at)
        if refers and verdict[0] == MISSING:
            verdict = (MISSING, f"{rotated} is missing" if found == _NOTHING else f"{rotated}: {verdict[1]}")
        return entry(found, verdict, rotated if refers else None, contents.server)

    def rotated_dates(self, found: Found) -> Dates:
        """When a certificate that the kubelet rotates is due: it should have been replaced long ago."""
        if found.description is None:
            return self.dates
        validity = found.description.not_after - found.description.not_before
        remainder = max(validity * _ROTATED_REMAINDER, datetime.timedelta(0))
        return self.dates._replace(renew_at=min(self.dates.renew_at, self.dates.now + remainder))

    def serving(self) -> list[Entry]:
        """The certificate with which the kubelet serves, where it is there."""
        folder = kubelet_certificates_dir(self.config)
        rotates = bool(self.config.kubelet.get("serverTLSBootstrap"))
        path, key_path = folder + "/kubelet.crt", folder + "/kubelet.key"
        if rotates:
            path = key_path = folder + "/kubelet-server-current.pem"
        found = state.find(self.root + path, self.root + key_path)
        if found.certificate is None and not found.problems:
            return []

        def reason_at(renew_at: datetime.datetime) -> str | None:
            if not _x509.key_matches(found.certificate, found.key):
                return "its key belongs to another certificate"
            end = _x509.not_after(found.certificate)
            return f"ends at {end.isoformat()}" if end <= renew_at else None

        status, reason = state.judge(found, self.rotated_dates(found) if rotates else self.dates, reason_at)
        if status in (DUE, EXPIRED) and not rotates:
            reason += "; nobody renews it: move it away and restart the kubelet, which makes a new one"
        return [state.entry(path, entries_of.KUBELET, found, self.dates.now, (status, reason))]


def entries(
    config: Config, now: datetime.datetime, root: str = "", given: t.Mapping[str, GivenCA] | None = None
) -> list[Entry]:
    """What is there, each CA with its leaves first; what should be there and is not, is an entry as well.

    now: with a time zone. root: a folder that stands for the host's C(/). given: the user's own CAs, by their paths below
    the certificates folder.

    A leaf is due within C(certRenewBeforeSeconds) of its end, a CA within C(CA_WARNING_DAYS). A certificate that the
    kubelet rotates is due when the last tenth of its validity has begun and its end is that near: it was to be replaced
    before. super-admin.conf and the kubelet's serving certificate are left out where they are absent. Raises nothing
    for files that are damaged or cannot be read.
    """
    return _Reader(config, now, root, given or {}).entries()


__all__ = ("entries",)
