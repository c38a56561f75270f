# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Certificates and kubeconfigs in one: plan, sign or have signed, write."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _kubeconfig as kubeconfig
from ansible_collections.kubewright.control_plane.plugins.module_utils import _pending as pending
from ansible_collections.kubewright.control_plane.plugins.module_utils import _pki as pki
from ansible_collections.kubewright.control_plane.plugins.module_utils import _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._certificates import (
    SUPER_ADMIN,
    Certificate,
    certificates,
    host_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import KUBERNETES_DIR, Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.module_utils._given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.module_utils._kubeconfig_text import read_kubeconfig

CERTIFICATES, KUBECONFIGS = "certificates", "kubeconfigs"


class Task(t.NamedTuple):
    """What a run is to do.

    parts: C(CERTIFICATES), C(KUBECONFIGS) or both. given: the user's own CAs, by their paths below the certificates folder.
    requests: whether somebody signs who is asked by requests, where a CA's key is not on the host. signed: the
    certificates that have come back (PEM), by name. existing_cluster: whether a host without CAs is an error, because its
    certificates are to be renewed.
    """

    parts: t.Collection[str] = (CERTIFICATES, KUBECONFIGS)
    given: t.Mapping[str, GivenCA] = {}
    requests: bool = False
    signed: t.Mapping[str, bytes] = {}
    existing_cluster: bool = False


class Leaf(t.NamedTuple):
    """A certificate to issue. name: its path below the certificates folder, or the name of its kubeconfig.

    due: whether nothing but its end being near is the reason.
    """

    name: str
    certificate: Certificate
    reason: str
    due: bool


class Request(t.NamedTuple):
    """A certificate that somebody else has to sign. csr: PEM; empty in check mode, where no key is made.

    ca: the CA's path below the certificates folder. refused: why the certificate that came back is not taken, or empty.
    """

    name: str
    ca: str
    csr: str
    reason: str
    due: bool
    refused: str


class Plan(t.NamedTuple):
    """What has to be done. Each half is None where it is not looked at.

    leaves: those to issue. elsewhere: those of them whose CA's key is not on the host, with why what came back for each
    is not taken (empty where nothing came). ready: what came back and is taken, with its key. warnings: for people.
    """

    pki: pki.Plan | None
    kubeconfigs: kubeconfig.Plan | None
    leaves: list[Leaf]
    elsewhere: dict[str, str]
    ready: dict[str, _x509.Pair]
    warnings: list[str]

    @property
    def cas(self) -> dict[str, _x509.Pair]:
        """The CAs that are there, by path."""
        if self.pki is not None:
            return self.pki.cas
        ca = self.kubeconfigs.ca if self.kubeconfigs is not None else None
        return {} if ca is None else {"ca": ca}


def plan(config: Config, renewal: pki.Renewal, task: Task, root: str = "") -> Plan:
    """What has to be done. root: a folder that stands for the host's C(/).

    Raises KubewrightError for everything that must not be decided without the user, all at once.
    """
    problems: list[str] = []
    certs = files = None
    if CERTIFICATES in task.parts:
        certs = pki.plan(config, renewal, root, task.given)
        problems += certs.problems
        missing = [step.path for step in certs.steps if step.kind == "ca"] if task.existing_cluster else []
        if missing:
            paths = ", ".join(f"{config.certificates_dir}/{path}.crt" for path in missing)
            problems.append(
                f"{paths} is not there, so this host has no control plane whose certificates can be renewed."
            )
    if KUBECONFIGS in task.parts:
        only_existing = [f"{KUBERNETES_DIR}/{SUPER_ADMIN}.conf"] if task.existing_cluster else []
        try:
            ca = certs.cas.get("ca") if certs is not None else None
            if not problems:
                files = kubeconfig.plan(config, renewal, root, ca, only_existing)
        except KubewrightError as error:
            problems.append(str(error))
    if problems:
        raise KubewrightError("\n".join(problems))
    planned = Plan(certs, files, _leaves(config, certs, files), {}, {}, [])
    return _with_signed(config, renewal, task, planned, root)


def _leaves(config: Config, certs: pki.Plan | None, files: kubeconfig.Plan | None) -> list[Leaf]:
    declared = {leaf.path: leaf for leaf in certificates(config)}
    found = [
        Leaf(step.path, declared[step.path], step.reason, step.due)
        for step in (certs.steps if certs is not None else [])
        if step.kind == "leaf"
    ]
    steps = files.steps if files is not None else []
    return found + [Leaf(step.kubeconfig.name, step.kubeconfig.certificate, step.reason, step.due) for step in steps]


def _with_signed(config: Config, renewal: pki.Renewal, task: Task, planned: Plan, root: str) -> Plan:
    """The plan with what has come back, and without leaves that are due and that nobody can sign."""
    elsewhere: dict[str, str] = {}
    for leaf in planned.leaves:
        ca = planned.cas.get(leaf.certificate.ca)
        if ca is None or ca.key is not None:
            continue
        pem, elsewhere[leaf.name] = task.signed.get(leaf.name), ""
        if pem is None:
            continue
        try:
            pair = _signed_pair(config, leaf, pem, ca, renewal.now, root)
            if pair is not None:
                planned.ready[leaf.name] = pair
                del elsewhere[leaf.name]
        except KubewrightError as error:
            elsewhere[leaf.name] = str(error)
    if not task.requests:
        planned = _nobody_signs(config, planned, elsewhere)
        elsewhere = {}
    return planned._replace(elsewhere=elsewhere)


def _nobody_signs(config: Config, planned: Plan, elsewhere: t.Mapping[str, str]) -> Plan:
    unsigned = [leaf for leaf in planned.leaves if leaf.name in elsewhere]
    problems = []
    for ca in dict.fromkeys(leaf.certificate.ca for leaf in unsigned if not leaf.due):
        names = ", ".join(
            f"{file_of(leaf)}: {leaf.reason}" for leaf in unsigned if leaf.certificate.ca == ca and not leaf.due
        )
        problems.append(
            f"{config.certificates_dir}/{ca}.key is not on the host, so these cannot be signed: {names}. Put the key there, provide "
            "the files, or name a folder in kubewright_csr_dir for requests that somebody else signs."
        )
    if problems:
        raise KubewrightError("\n".join(problems))
    due = [leaf for leaf in unsigned if leaf.due]
    warnings = []
    if due:
        names = ", ".join(f"{file_of(leaf)} {leaf.reason}" for leaf in due)
        warnings.append(
            f"Somebody else has to renew these soon: {names}. kubewright_csr_dir names a folder for the requests."
        )
    gone = {leaf.name for leaf in due}
    certs, files = planned.pki, planned.kubeconfigs
    return planned._replace(
        leaves=[leaf for leaf in planned.leaves if leaf.name not in gone],
        pki=certs and certs._replace(steps=[step for step in certs.steps if step.path not in gone]),
        kubeconfigs=files and files._replace(steps=[step for step in files.steps if step.kubeconfig.name not in gone]),
        warnings=warnings,
    )


def file_of(leaf: Leaf) -> str:
    """How messages call what a leaf is written to."""
    return f"{leaf.certificate.path}.crt" if leaf.certificate.path else leaf.name


def _own_pair(config: Config, leaf: Leaf, root: str) -> _x509.Pair | None:
    """What the host has in place of a leaf, as far as it can be read."""
    try:
        if leaf.certificate.path:
            base = f"{root}{config.certificates_dir}/{leaf.certificate.path}"
            certificate = pki.load(base + ".crt", _x509.load_certificate)
            key = pki.load(base + ".key", _x509.load_key)
            return _x509.Pair(certificate, key) if certificate is not None and key is not None else None
        path = next(item.path for item in host_kubeconfigs(config) if item.name == leaf.name)
        contents = pki.load(root + path, lambda data: read_kubeconfig(data.decode("utf-8", "replace")))
        return kubeconfig.client_pair(contents) if contents is not None else None
    except KubewrightError:
        return None


def _signed_pair(
    config: Config, leaf: Leaf, pem: bytes, ca: _x509.Pair, now: datetime.datetime, root: str
) -> _x509.Pair | None:
    """What has come back, with the key that it is for; None where it is what the host has already.

    Raises KubewrightError where it cannot be taken.
    """
    certificate = _x509.load_certificate(pem)
    own = _own_pair(config, leaf, root)
    if own is not None and _x509.certificate_pem(own.certificate) == _x509.certificate_pem(certificate):
        return None
    waiting = pending.load_pending(root, leaf.name, config.key_algorithm)
    keys = [key for key in (waiting, own.key if own is not None else None) if key is not None]
    key = next((key for key in keys if _x509.key_matches(certificate, key)), None)
    if key is None:
        raise KubewrightError("is for another key than that of the request")
    exact_names = bool(config.data.get("certStrictSans")) and bool(leaf.certificate.path)
    reason = pki.certificate_reason(certificate, key, leaf.certificate, ca, config.key_algorithm, now, exact_names)
    if reason is not None:
        raise KubewrightError(reason)
    return _x509.Pair(certificate, key)


def apply(config: Config, planned: Plan, now: datetime.datetime, root: str = "") -> list[Request]:
    """Does what the plan says, and returns what somebody else has to sign. root: a folder that stands for the host's C(/).

    Raises KubewrightError where there is no CA to sign with.
    """
    algorithm, profile = config.key_algorithm, pki.profile_of(config)
    waiting = {name: pending.load_pending(root, name, algorithm) for name in planned.elsewhere}
    made_here = [leaf for leaf in planned.leaves if leaf.name not in planned.ready and waiting.get(leaf.name) is None]
    others = [step for step in (planned.pki.steps if planned.pki is not None else []) if step.kind != "leaf"]
    count = len(made_here) + sum(pki.makes_key(step) for step in others)
    keys = _x509.generate_keys(algorithm, count)
    cas = planned.cas
    if planned.pki is not None:
        cas = pki.make_authorities(config, planned.pki, now, keys, root)
    elif planned.leaves and not cas:
        raise KubewrightError(f"{config.certificates_dir}/ca.crt is not there: run the certs phase first.")
    pairs, requests = dict(planned.ready), []
    for leaf in planned.leaves:
        if leaf.name in pairs:
            continue
        key = waiting.get(leaf.name) or next(keys)
        if leaf.name not in planned.elsewhere:
            certificate = _x509.issue(leaf.certificate, cas[leaf.certificate.ca], profile, now, key.public_key())
            pairs[leaf.name] = _x509.Pair(certificate, key)
            continue
        if waiting[leaf.name] is None:
            pending.save_pending(root, leaf.name, key)
        csr = _x509.request(leaf.certificate, key).decode("ascii")
        requests.append(_request(leaf, csr, planned))
    if planned.pki is not None:
        pki.install(config, planned.pki, pairs, keys, root)
    if planned.kubeconfigs is not None and cas:
        kubeconfig.install(config, planned.kubeconfigs, cas["ca"].certificate, pairs, root)
    pending.forget_pending(root, pairs)
    return requests


def _request(leaf: Leaf, csr: str, planned: Plan) -> Request:
    return Request(leaf.name, leaf.certificate.ca, csr, leaf.reason, leaf.due, planned.elsewhere[leaf.name])


def foretold_requests(planned: Plan) -> list[Request]:
    """What C(apply) would return, without the requests themselves, whose keys have not been made."""
    return [_request(leaf, "", planned) for leaf in planned.leaves if leaf.name in planned.elsewhere]


def reasons(config: Config, planned: Plan) -> dict[str, str]:
    """Why each file is made or changed: by its path below the certificates folder without extension, kubeconfigs by their paths."""
    found: dict[str, str] = {}
    if planned.pki is not None:
        found.update({step.path: step.reason for step in planned.pki.steps})
        folder = len(config.certificates_dir) + 1
        found.update({path[folder:]: LOOSE for path, _mode in planned.pki.loose_files})
    if planned.kubeconfigs is not None:
        found.update({step.kubeconfig.path: step.reason for step in planned.kubeconfigs.steps})
        found.update(dict.fromkeys(planned.kubeconfigs.loose_files, LOOSE))
    return found


def written_files(config: Config, planned: Plan) -> list[str]:
    """The files that C(apply) writes on a host where every CA can sign, by their absolute paths."""
    folder = config.certificates_dir
    found = [f"{folder}/{path}" for path in pki.written_files(config, planned.pki)] if planned.pki is not None else []
    steps = planned.kubeconfigs.steps if planned.kubeconfigs is not None else []
    return found + [step.kubeconfig.path for step in steps]


__all__ = (
    "CERTIFICATES",
    "KUBECONFIGS",
    "Leaf",
    "Plan",
    "Request",
    "Task",
    "apply",
    "file_of",
    "foretold_requests",
    "plan",
    "reasons",
    "written_files",
)
