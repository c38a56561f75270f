# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Certificates and kubeconfigs in one: plan, sign or have signed, write."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import folder as pki
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import kubeconfig, pending
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.declared import (
    SUPER_ADMIN,
    authorities,
    certificates,
    host_kubeconfigs,
    named_certificates,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.signed_leaf import (
    Leaf,
    is_in_use,
    signed_pair,
)

CERTIFICATES, KUBECONFIGS = "certificates", "kubeconfigs"


class Task(t.NamedTuple):
    """What a run is to do.

    parts: C(CERTIFICATES), C(KUBECONFIGS) or both. given: the user's own CAs, by their paths below the certificates folder.
    requests: the paths of the CAs for which somebody signs who is asked by requests, where their keys are not on the host.
    signed: the certificates that have come back (PEM), by name. only_signed: whether nothing but these is to be done.
    existing_cluster: whether a host without CAs is an error, because its certificates are to be renewed.
    """

    parts: t.Collection[str] = (CERTIFICATES, KUBECONFIGS)
    given: t.Mapping[str, GivenCA] = {}
    requests: t.Collection[str] = ()
    signed: t.Mapping[str, bytes] = {}
    only_signed: bool = False
    existing_cluster: bool = False


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
    is not taken (empty where nothing came). waiting: the keys of those that have been requested before. ready: what came
    back and is taken, with its key. stale: keys that wait for nothing any more, by name, with the reason. warnings: for
    people.
    """

    pki: pki.Plan | None
    kubeconfigs: kubeconfig.Plan | None
    leaves: list[Leaf]
    elsewhere: dict[str, str]
    waiting: dict[str, _x509.PrivateKey]
    ready: dict[str, _x509.Pair]
    stale: dict[str, str]
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
    problems = _absent_authorities(config, root, task.parts) if task.existing_cluster else []
    certs = kubeconfigs = None
    if CERTIFICATES in task.parts:
        certs = pki.plan(config, renewal, root, task.given)
        problems += certs.problems
    if KUBECONFIGS in task.parts and not problems:
        only_existing = [f"{KUBERNETES_DIR}/{SUPER_ADMIN}.conf"] if task.existing_cluster else []
        try:
            ca = certs.cas.get("ca") if certs is not None else None
            kubeconfigs = kubeconfig.plan(config, renewal, root, ca, only_existing)
        except KubewrightError as error:
            problems.append(str(error))
    leaves = _leaves(config, certs, kubeconfigs)
    problems += [problem for problem in (_x509.subject_problem(leaf.certificate) for leaf in leaves) if problem]
    if problems:
        raise KubewrightError("\n".join(dict.fromkeys(problems)))
    planned = Plan(certs, kubeconfigs, leaves, {}, {}, {}, {}, [])
    if task.only_signed:
        return _with_signed(config, renewal, task, _only(planned, task.signed, others=False), root)
    planned = _with_signed(config, renewal, task, planned, root)
    return _without_written(config, planned)._replace(stale=_stale(config, planned, root))


def _absent_authorities(config: Config, root: str, parts: t.Collection[str]) -> list[str]:
    """That CAs are missing without which there is no control plane, as a list of one problem or none."""
    wanted = [ca.path for ca in authorities(config)] if CERTIFICATES in parts else ["ca"]
    paths = [f"{config.certificates_dir}/{path}.crt" for path in wanted]
    missing = ", ".join(path for path in paths if files.read_file(root + path) is None)
    if not missing:
        return []
    return [
        f"missing on this host: {missing}. So it has no control plane whose certificates can be renewed: make one with "
        "init-control-plane.yml, or leave the host out."
    ]


def _only(planned: Plan, names: t.Container[str], others: bool) -> Plan:
    """The plan with no leaves but some. others: whether it keeps the steps for CAs, service accounts and modes."""
    certs, kubeconfigs = planned.pki, planned.kubeconfigs
    if certs is not None:
        steps = [step for step in certs.steps if (step.path in names if step.kind == "leaf" else others)]
        certs = certs._replace(steps=steps, loose_files=certs.loose_files if others else [])
    if kubeconfigs is not None:
        kept = [step for step in kubeconfigs.steps if step.kubeconfig.name in names]
        kubeconfigs = kubeconfigs._replace(steps=kept, loose_files=kubeconfigs.loose_files if others else [])
    leaves = [leaf for leaf in planned.leaves if leaf.name in names]
    return planned._replace(pki=certs, kubeconfigs=kubeconfigs, leaves=leaves)


def _without_written(config: Config, planned: Plan) -> Plan:
    """The plan without the files of a loose mode that are written anyway; what waits for a certificate is not."""
    written = set(written_files(config, planned))
    certs, kubeconfigs = planned.pki, planned.kubeconfigs
    if certs is not None:
        certs = certs._replace(loose_files=[item for item in certs.loose_files if item[0] not in written])
    if kubeconfigs is not None:
        kubeconfigs = kubeconfigs._replace(
            loose_files=[path for path in kubeconfigs.loose_files if path not in written]
        )
    return planned._replace(pki=certs, kubeconfigs=kubeconfigs)


def _stale(config: Config, planned: Plan, root: str) -> dict[str, str]:
    """The keys that wait for nothing any more, by name: a run was cut off before it removed them, or nobody declares theirs."""
    found = {}
    declared = named_certificates(config)
    for name in pending.pending_names(root):
        if name not in declared:
            found[name] = "nothing that is declared waits for it"
        elif name not in planned.elsewhere and is_in_use(config, name, root):
            found[name] = "its certificate is there"
    return found


def _leaves(config: Config, certs: pki.Plan | None, kubeconfigs: kubeconfig.Plan | None) -> list[Leaf]:
    declared = named_certificates(config)
    steps = [(step.path, step) for step in (certs.steps if certs is not None else []) if step.kind == "leaf"]
    found = [Leaf(name, declared[name], step.reason, step.due) for name, step in steps]
    files_steps = kubeconfigs.steps if kubeconfigs is not None else []
    return found + [
        Leaf(step.kubeconfig.name, step.kubeconfig.certificate, step.reason, step.due) for step in files_steps
    ]


def _with_signed(config: Config, renewal: pki.Renewal, task: Task, planned: Plan, root: str) -> Plan:
    """The plan with what has come back, and without leaves that are due and that nobody can sign."""
    elsewhere: dict[str, str] = {}
    waiting: dict[str, _x509.PrivateKey] = {}
    ready: dict[str, _x509.Pair] = {}
    for leaf in planned.leaves:
        ca = planned.cas.get(leaf.certificate.ca)
        if ca is None or ca.key is not None:
            continue
        key = pending.load_pending(root, leaf.name, config.key_algorithm)
        pem, elsewhere[leaf.name] = task.signed.get(leaf.name), ""
        try:
            pair = signed_pair(config, leaf, pem, key, ca, renewal.now, root) if pem is not None else None
        except KubewrightError as error:
            pair, elsewhere[leaf.name] = None, str(error)
        if pair is not None:
            ready[leaf.name] = pair
            del elsewhere[leaf.name]
        elif key is not None and not is_in_use(config, leaf.name, root):
            waiting[leaf.name] = key
    unsigned = [leaf for leaf in planned.leaves if leaf.name in elsewhere and leaf.certificate.ca not in task.requests]
    planned = _nobody_signs(config, planned, unsigned)
    for leaf in unsigned:
        del elsewhere[leaf.name]
        waiting.pop(leaf.name, None)
    return planned._replace(elsewhere=elsewhere, waiting=waiting, ready=ready)


def _nobody_signs(config: Config, planned: Plan, unsigned: t.Sequence[Leaf]) -> Plan:
    """The plan without leaves that nobody can sign, where these are merely due. Raises KubewrightError for any other."""
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
    if not unsigned:
        return planned
    due = ", ".join(f"{file_of(leaf)} {leaf.reason}" for leaf in unsigned)
    warning = f"Somebody else has to renew these soon: {due}. kubewright_csr_dir names a folder for the requests."
    gone = {leaf.name for leaf in unsigned}
    kept = {leaf.name for leaf in planned.leaves} - gone
    return _only(planned, kept, others=True)._replace(warnings=[warning])


def file_of(leaf: Leaf) -> str:
    """How messages call what a leaf is written to."""
    return f"{leaf.certificate.path}.crt" if leaf.certificate.path else leaf.name


def apply(config: Config, planned: Plan, now: datetime.datetime, root: str = "") -> list[Request]:
    """Does what the plan says, and returns what somebody else has to sign. root: a folder that stands for the host's C(/).

    Raises KubewrightError where there is no CA to sign with.
    """
    algorithm, profile = config.key_algorithm, pki.profile_of(config)
    made_here = [leaf for leaf in planned.leaves if leaf.name not in planned.ready and leaf.name not in planned.waiting]
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
        key = planned.waiting.get(leaf.name) or next(keys)
        if leaf.name not in planned.elsewhere:
            certificate = _x509.issue(leaf.certificate, cas[leaf.certificate.ca], profile, now, key.public_key())
            pairs[leaf.name] = _x509.Pair(certificate, key)
            continue
        if leaf.name not in planned.waiting:
            pending.save_pending(root, leaf.name, key)
        csr = _x509.request(leaf.certificate, key).decode("ascii")
        requests.append(_request(leaf, csr, planned))
    if planned.pki is not None:
        pki.install(config, planned.pki, pairs, keys, root)
    if planned.kubeconfigs is not None and cas:
        kubeconfig.install(config, planned.kubeconfigs, cas["ca"].certificate, pairs, root)
    pending.forget_pending(root, [*pairs, *planned.stale])
    return requests


def _request(leaf: Leaf, csr: str, planned: Plan) -> Request:
    return Request(leaf.name, leaf.certificate.ca, csr, leaf.reason, leaf.due, planned.elsewhere[leaf.name])


def planned_requests(planned: Plan) -> list[Request]:
    """What C(apply) would return, without the requests themselves, whose keys have not been made."""
    return [_request(leaf, "", planned) for leaf in planned.leaves if leaf.name in planned.elsewhere]


def reasons(config: Config, planned: Plan) -> dict[str, str]:
    """Why each file is made, changed or removed: by its path below the certificates folder without extension, others by their
    paths. What waits for its certificate is no reason; its key is, when it is made.
    """
    steps = dict(_reasons_by_name(planned))
    paths = files_by_name(config)
    found = {paths.get(name, name): reason for name, reason in steps.items() if name not in planned.elsewhere}
    if planned.pki is not None:
        folder = len(config.certificates_dir) + 1
        found.update({path[folder:]: LOOSE for path, _mode in planned.pki.loose_files})
    if planned.kubeconfigs is not None:
        found.update(dict.fromkeys(planned.kubeconfigs.loose_files, LOOSE))
    asked = {name: steps[name] for name in planned.elsewhere if name not in planned.waiting}
    found.update({pending.pending_path(name): reason for name, reason in {**asked, **planned.stale}.items()})
    return found


def reasons_diff(found: t.Mapping[str, str]) -> dict[str, str]:
    """The reasons as Ansible's diff, which names files and never what is in them; empty where there are none."""
    return {"before": "", "after": "".join(f"{name}: {reason}\n" for name, reason in found.items())} if found else {}


def _reasons_by_name(planned: Plan) -> t.Iterator[tuple[str, str]]:
    if planned.pki is not None:
        yield from ((step.path, step.reason) for step in planned.pki.steps)
    if planned.kubeconfigs is not None:
        yield from ((step.kubeconfig.name, step.reason) for step in planned.kubeconfigs.steps)


def files_by_name(config: Config) -> dict[str, str]:
    """What each leaf is called in C(reasons), by the name of its request."""
    found = {leaf.path: leaf.path for leaf in certificates(config)}
    found.update({item.name: item.path for item in host_kubeconfigs(config)})
    return found


def written_files(config: Config, planned: Plan) -> list[str]:
    """The certificates, keys and kubeconfigs that C(apply) writes, by their absolute paths."""
    folder = config.certificates_dir
    written = _only(planned, {leaf.name for leaf in planned.leaves} - planned.elsewhere.keys(), others=True)
    found = [f"{folder}/{path}" for path in pki.written_files(config, written.pki)] if written.pki is not None else []
    steps = written.kubeconfigs.steps if written.kubeconfigs is not None else []
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
    "files_by_name",
    "plan",
    "planned_requests",
    "reasons",
    "reasons_diff",
    "written_files",
)
