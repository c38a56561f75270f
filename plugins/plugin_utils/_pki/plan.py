# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The plan of certificates and kubeconfigs in one: what to make, what to sign, what to have signed."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import KUBECONFIG_MODE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pending import pending_path
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.authority import (
    MAKE,
    WRITE_GIVEN,
    Authority,
    certificate_path,
    inspect_authority,
    key_path,
    load_ca,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    SUPER_ADMIN,
    authorities,
    certificates,
    host_kubeconfigs,
    kubeconfigs,
    named_certificates,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import DUE, MISSING, OK
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts, Pair
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import (
    allowed_modes,
    certificate_files,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.inspection import (
    Dates,
    Inspection,
    Issuer,
    inspect_leaf,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubeconfig import (
    FOREIGN_CURE,
    foreign_content,
    inspect_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.service_account import (
    BOTH_MISSING,
    inspect_service_account,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.signed_leaf import (
    Ready,
    is_in_use,
    taken,
    waiting_key,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.steps import (
    KUBECONFIG,
    LEAF,
    SERVICE_ACCOUNT,
    Step,
)

CERTIFICATES, KUBECONFIGS = "certificates", "kubeconfigs"
_NEW_CA = "its CA is new"


class Task(t.NamedTuple):
    """What a run is to do.

    parts: C(CERTIFICATES), C(KUBECONFIGS) or both. given: the user's own CAs, by their paths below the certificates folder;
    with their keys where the host gets these. requests: the paths of the CAs for which somebody signs who is asked by
    requests, where their keys are not on the host. signed: the certificates that have come back (PEM), by name.
    existing_cluster: whether a host without CAs is an error, because its certificates are to be renewed.
    """

    parts: t.Collection[str] = (CERTIFICATES, KUBECONFIGS)
    given: t.Mapping[str, GivenCA] = {}
    requests: t.Collection[str] = ()
    signed: t.Mapping[str, bytes] = {}
    existing_cluster: bool = False


class CredentialsPlan(t.NamedTuple):
    """What has to be done, in its order.

    loose: the files whose mode or owner is too loose, with the mode that they get. signers: the CAs that leaves are signed
    with, by path; a new one is not among them. elsewhere: the leaves whose CA's key is not on the host, with why what came
    back for each is not taken (empty where nothing came). waiting: those of them that have been requested before. ready: what
    came back and is taken. stale: keys that wait for nothing any more, by name, with the reason. warnings: for people.
    """

    steps: list[Step]
    loose: list[tuple[str, int]]
    signers: dict[str, Pair]
    given: t.Mapping[str, GivenCA]
    elsewhere: dict[str, str]
    waiting: set[str]
    ready: dict[str, Ready]
    stale: dict[str, str]
    warnings: list[str]

    @property
    def leaves(self) -> list[Step]:
        """The certificates to issue."""
        return [step for step in self.steps if step.certificate is not None]


class _Found(t.NamedTuple):
    """What the inspection of one part gives. unreadable: files of which nothing can be said."""

    steps: list[Step]
    signers: dict[str, Pair]
    problems: list[str]


def plan(config: Config, renewal: Renewal, task: Task, facts: Facts) -> CredentialsPlan:
    """What has to be done.

    Raises KubewrightError for everything that must not be decided without the user, all at once.
    """
    problems = _absent_authorities(config, facts, task.parts) if task.existing_cluster else []
    steps: list[Step] = []
    signers: dict[str, Pair] = {}
    if CERTIFICATES in task.parts:
        found = _certificates(config, renewal, task, facts)
        steps, signers = list(found.steps), found.signers
        problems += found.problems
    if KUBECONFIGS in task.parts and not problems:
        found = _kubeconfigs(config, renewal, task, facts, signers)
        steps += found.steps
        signers = {**signers, **found.signers}
        problems += found.problems
    if problems:
        raise KubewrightError("\n".join(dict.fromkeys(problems)))
    planned = CredentialsPlan(steps, _loose_files(config, task, facts), signers, task.given, {}, set(), {}, {}, [])
    planned = _with_signed(config, task, planned, facts)
    return _without_written(config, planned)._replace(stale=_stale(config, planned, facts))


def _without_written(config: Config, planned: CredentialsPlan) -> CredentialsPlan:
    """The plan without the files of a loose mode that are written anyway; what waits for a certificate is not."""
    written = set(written_files(config, planned))
    return planned._replace(loose=[item for item in planned.loose if item[0] not in written])


def _absent_authorities(config: Config, facts: Facts, parts: t.Collection[str]) -> list[str]:
    """That CAs are missing without which there is no control plane, as a list of one problem or none."""
    wanted = [ca.path for ca in authorities(config)] if CERTIFICATES in parts else ["ca"]
    paths = [certificate_path(config, path) for path in wanted]
    missing = ", ".join(path for path in paths if not facts.exists(path))
    if not missing:
        return []
    return [
        f"missing on this host: {missing}. So it has no control plane whose certificates can be renewed: make one with "
        "init-control-plane.yml, or leave the host out."
    ]


def _reason(inspection: Inspection, renewal: Renewal) -> tuple[str | None, bool]:
    """Why something is issued, or None, and whether only its end is the reason."""
    if inspection.status == OK or (inspection.by_kubelet and inspection.status == DUE):
        return ("all are renewed" if renewal.everything and not inspection.by_kubelet else None), False
    return inspection.reason, inspection.due


def _certificates(config: Config, renewal: Renewal, task: Task, facts: Facts) -> _Found:
    """The steps of the certificates folder."""
    steps: list[Step] = []
    problems: list[str] = []
    signers: dict[str, Pair] = {}
    for ca in authorities(config):
        authority = inspect_authority(config, facts, ca, task.given.get(ca.path), renewal.now)
        if authority.inspection.is_problem:
            problems.append(authority.inspection.reason)
            continue
        if authority.action:
            steps.append(Step(ca.path, authority.action, authority.inspection.reason))
        if authority.signer is not None:
            signers[ca.path] = authority.signer
        problems += _leaves(config, renewal, facts, authority, steps)
    if not config.is_control_plane:
        return _Found(steps, signers, problems)
    service_account = inspect_service_account(config, facts)
    if service_account.is_problem:
        problems.append(service_account.reason)
    elif service_account.status != OK:
        steps.append(Step("sa", SERVICE_ACCOUNT, service_account.reason))
    return _Found(steps, signers, problems)


def _leaves(config: Config, renewal: Renewal, facts: Facts, authority: Authority, steps: list[Step]) -> list[str]:
    """Adds the steps for the leaves of a CA, and returns why files cannot be read at all."""
    problems = []
    exact_names = bool(config.data.get("certStrictSans"))
    for leaf in (leaf for leaf in certificates(config) if leaf.ca == authority.ca.path):
        files = certificate_path(config, leaf.path), key_path(config, leaf.path)
        problems += [text for text in map(facts.problem, files) if text]
        reason: str | None = _NEW_CA
        due = False
        if authority.signer is not None:
            dates = Dates(renewal.now, renewal.due_at(leaf))
            issuer = Issuer(authority.signer.certificate)
            inspection = inspect_leaf(
                facts, config.certificates_dir, leaf, issuer, config.key_algorithm, dates, exact_names
            )
            reason, due = _reason(inspection, renewal)
        steps += [Step(leaf.path, LEAF, reason, due, leaf)] if reason is not None else []
    return problems


def _kubeconfigs(config: Config, renewal: Renewal, task: Task, facts: Facts, signers: t.Mapping[str, Pair]) -> _Found:
    """The steps of the kubeconfigs. signers: by path; where they are not looked at, the CA of the host."""
    ca = signers.get("ca")
    if ca is None and CERTIFICATES not in task.parts:
        try:
            ca = load_ca(config, facts, authorities(config)[0], renewal.now)
        except KubewrightError as error:
            return _Found([], {}, [str(error)])
    steps: list[Step] = []
    problems: list[str] = []
    only_existing = [f"{KUBERNETES_DIR}/{SUPER_ADMIN}.conf"] if task.existing_cluster else []
    minors = {item.path for item in kubeconfigs(config)}
    for wanted in host_kubeconfigs(config):
        present, problem = facts.kubeconfig(wanted.path)
        foreign = foreign_content(present) if present is not None and wanted.path not in minors else None
        if problem or foreign is not None:
            problems.append(problem or f"kubewright_kubeconfigs: {wanted.path} {foreign}. {FOREIGN_CURE}")
            continue
        inspection = inspect_kubeconfig(config, facts, wanted, Issuer(ca and ca.certificate, _NEW_CA), renewal)
        if inspection.status == MISSING and present is None:
            reason, due = (None if wanted.path in only_existing else "missing"), False
        elif ca is None:
            reason, due = _NEW_CA, False
        else:
            reason, due = _reason(inspection, renewal)
        if reason is not None:
            steps.append(Step(wanted.name, KUBECONFIG, reason, due, wanted.certificate, wanted))
    return _Found(steps, {"ca": ca} if ca is not None else {}, problems)


def _loose_files(config: Config, task: Task, facts: Facts) -> list[tuple[str, int]]:
    # What kubeadm init and kubeadm join give the same file differs, and either may stay; what is neither gets that of the host's kind.
    allowed = allowed_modes(config)
    own = dict(certificate_files(config) if config.joined_control_plane is None else allowed)
    modes: list[tuple[str, int, int]] = []
    if CERTIFICATES in task.parts:
        modes += [(f"{config.certificates_dir}/{name}", mode, own[name]) for name, mode in allowed]
    if KUBECONFIGS in task.parts:
        modes += [(wanted.path, KUBECONFIG_MODE, KUBECONFIG_MODE) for wanted in host_kubeconfigs(config)]
    return [(path, given) for path, mode, given in modes if facts.is_loose(path, mode)]


def _without(planned: CredentialsPlan, names: t.Container[str]) -> CredentialsPlan:
    """The plan without leaves of some names."""
    kept = [step for step in planned.steps if step.certificate is None or step.name not in names]
    return planned._replace(steps=kept)


def _stale(config: Config, planned: CredentialsPlan, facts: Facts) -> dict[str, str]:
    """The keys that wait for nothing any more, by name: a run was cut off before it removed them, or nobody declares theirs."""
    found = {}
    declared = named_certificates(config)
    for name in facts.pending():
        if name not in declared:
            found[name] = "nothing that is declared waits for it"
        elif name not in planned.elsewhere and is_in_use(config, facts, name):
            found[name] = "its certificate is there"
    return found


def _with_signed(config: Config, task: Task, planned: CredentialsPlan, facts: Facts) -> CredentialsPlan:
    """The plan with what has come back, and without leaves that are due and that nobody can sign."""
    elsewhere: dict[str, str] = {}
    waiting: set[str] = set()
    ready: dict[str, Ready] = {}
    for step in planned.leaves:
        signer = planned.signers.get(step.leaf.ca)
        if signer is None or signer.key is not None:
            continue
        key = waiting_key(config, facts, step.name)
        pem, elsewhere[step.name] = task.signed.get(step.name), ""
        try:
            accepted = taken(config, facts, step, pem, key, signer.certificate) if pem is not None else None
        except KubewrightError as error:
            accepted, elsewhere[step.name] = None, str(error)
        if accepted is not None:
            ready[step.name] = accepted
            del elsewhere[step.name]
        elif key is not None and not is_in_use(config, facts, step.name):
            waiting.add(step.name)
    unsigned = [step for step in planned.leaves if step.name in elsewhere and step.leaf.ca not in task.requests]
    planned = _nobody_signs(config, planned, unsigned)
    for step in unsigned:
        del elsewhere[step.name]
        waiting.discard(step.name)
    return planned._replace(elsewhere=elsewhere, waiting=waiting, ready=ready)


def _nobody_signs(config: Config, planned: CredentialsPlan, unsigned: t.Sequence[Step]) -> CredentialsPlan:
    """The plan without leaves that nobody can sign, where these are merely due. Raises KubewrightError for any other."""
    problems = []
    for ca in dict.fromkeys(step.leaf.ca for step in unsigned if not step.due):
        names = ", ".join(f"{step.file}: {step.reason}" for step in unsigned if step.leaf.ca == ca and not step.due)
        problems.append(
            f"{key_path(config, ca)} is not on the host, so these cannot be signed: {names}. Put the key there, provide "
            "the files, or name a folder in kubewright_csr_dir for requests that somebody else signs."
        )
    if problems:
        raise KubewrightError("\n".join(problems))
    if not unsigned:
        return planned
    due = ", ".join(f"{step.file} {step.reason}" for step in unsigned)
    warning = f"Somebody else has to renew these soon: {due}. kubewright_csr_dir names a folder for the requests."
    return _without(planned, {step.name for step in unsigned})._replace(warnings=[warning])


def signed_here(config: Config, planned: CredentialsPlan, own: t.Container[str]) -> CredentialsPlan:
    """The plan with what the controller signs as done: its keys do not wait for anybody. own: the paths of its CAs."""
    mine = {step.name for step in planned.leaves if step.leaf.ca in own}
    elsewhere = {name: text for name, text in planned.elsewhere.items() if name not in mine}
    return _without_written(config, planned._replace(elsewhere=elsewhere))


def with_shared(planned: CredentialsPlan) -> CredentialsPlan:
    """The plan of a control plane that is given its CAs by another one before: nothing of them is made here."""
    kept = [step for step in planned.steps if step.certificate is not None]
    return planned._replace(
        steps=[step._replace(reason="missing") if step.reason == _NEW_CA else step for step in kept]
    )


def reasons(config: Config, planned: CredentialsPlan) -> dict[str, str]:
    """Why each file is made, changed or removed: by its path below the certificates folder without extension, others by their
    paths. What waits for its certificate is no reason; its key is, when it is made.
    """
    paths = files_by_name(config)
    steps = {step.name: step.reason for step in planned.steps}
    found = {paths.get(name, name): reason for name, reason in steps.items() if name not in planned.elsewhere}
    folder = config.certificates_dir + "/"
    found.update({path.removeprefix(folder): LOOSE for path, _mode in planned.loose})
    asked = {name: steps[name] for name in planned.elsewhere if name not in planned.waiting}
    found.update({pending_path(name): reason for name, reason in {**asked, **planned.stale}.items()})
    return found


def reasons_diff(found: t.Mapping[str, str]) -> dict[str, str]:
    """The reasons as Ansible's diff, which names files and never what is in them; empty where there are none."""
    return {"before": "", "after": "".join(f"{name}: {reason}\n" for name, reason in found.items())} if found else {}


def files_by_name(config: Config) -> dict[str, str]:
    """What each leaf is called in C(reasons), by the name of its request."""
    found = {leaf.path: leaf.path for leaf in certificates(config)}
    found.update({item.name: item.path for item in host_kubeconfigs(config)})
    return found


def makes_key(step: Step) -> bool:
    """Whether a step makes a new private key."""
    return step.kind in (MAKE, LEAF) or (step.kind == SERVICE_ACCOUNT and step.reason == BOTH_MISSING)


def written_files(config: Config, planned: CredentialsPlan) -> list[str]:
    """The certificates, keys and kubeconfigs that are written, by their absolute paths."""
    steps = {step.name: step for step in planned.steps if step.name not in planned.elsewhere}
    found = []
    for path, _mode in certificate_files(config):
        name, end = path.rsplit(".", 1)
        step = steps.get(name)
        if step is None or step.kind == KUBECONFIG:
            continue
        brings_key = step.kind == WRITE_GIVEN and planned.given[name].brings_key
        if end != "key" or brings_key or makes_key(step):
            found.append(f"{config.certificates_dir}/{path}")
    return found + [step.kubeconfig.path for step in steps.values() if step.kubeconfig is not None]


__all__ = (
    "CERTIFICATES",
    "KUBECONFIGS",
    "CredentialsPlan",
    "Task",
    "files_by_name",
    "makes_key",
    "plan",
    "reasons",
    "reasons_diff",
    "signed_here",
    "with_shared",
    "written_files",
)
