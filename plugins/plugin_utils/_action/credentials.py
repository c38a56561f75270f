# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""pki_generate and kubeconfig_write: read, plan, apply. The CAs that are kept here sign, or requests are handed on."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import WRITE_FILE
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pending import pending_path
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.certificates import (
    Lost,
    ReadingAction,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.host_folder import host_folder
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import (
    ATTEMPTS,
    CONFIG,
    never_settled,
    not_read,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.planned import is_read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.changes import (
    Change,
    SignRequest,
    arguments,
    private_keys,
    written_paths,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import authorities
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import (
    GivenCA,
    given_pair,
    signing_pair,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import (
    KUBECONFIGS,
    CredentialsPlan,
    Task,
    plan,
    reasons,
    reasons_diff,
    signed_here,
    with_shared,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.planned_changes import sign
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import (
    Answer,
    CarriedOut,
    Expected,
    Request,
    Stale,
    answer_of,
    carry_out,
    requests_of,
    sign_request,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import carry, with_marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import credentials_rows
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing import csr_folder, kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.ca_folder import controller_authorities
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain

CREDENTIALS: Specification = {**CONFIG, "read": {"type": "dict"}, "renew": {"type": "str", "choices": ["due", "all"]}}


class _Run(t.NamedTuple):
    """What stays the same during a run. cas: those that are on the controller, by path. folder: for requests, or None.

    signed: what has come back in it (PEM), by name. now: by the controller's clock. carry: the phases that are carried out in the same
    execution, by what was read.
    """

    config: Config
    parts: t.Collection[str]
    cas: t.Mapping[str, GivenCA]
    given: t.Mapping[str, GivenCA]
    folder: str | None
    signed: t.Mapping[str, bytes]
    renew: str | None
    now: datetime.datetime
    variables: Result
    read: Result | None
    carry: t.Collection[str]


class CredentialsAction(ReadingAction):
    """An action that makes certificates. It asks the host once where the host can sign, and else once more."""

    argument_spec: t.ClassVar[Specification] = CREDENTIALS
    phase: str
    # Whether the CAs of the controller are brought to the host.
    brings_authorities = False

    def label(self, arguments: Result) -> str:
        """The phase."""
        return self.phase

    def parts(self, arguments: Result) -> t.Collection[str]:
        """What is made: C(CERTIFICATES), C(KUBECONFIGS) or both."""
        return (KUBECONFIGS,)

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Reads, plans, and has the changes carried out; again where the host is no longer as it was read."""
        run = self._begin(config, arguments, variables)
        raw = arguments["read"]
        stale: list[str] = []
        for _attempt in range(ATTEMPTS):
            try:
                return self._issued(run, self.facts(config, raw, variables))
            except Lost as lost:
                return lost.answer
            except Stale as error:
                raw, stale = None, error.paths
        raise never_settled(stale)

    def _begin(self, config: Config, arguments: Result, variables: Result) -> _Run:
        now = datetime.datetime.now(datetime.timezone.utc)
        parts = self.parts(arguments)
        if KUBECONFIGS in parts:
            kubeconfigs.refuse_foreign(config)
        read_file = self.controller_files(variables).text
        cas = controller_authorities(config, read_file, now, not self._task.check_mode)
        given = {path: ca.for_host() for path, ca in cas.items()} if self.brings_authorities else {}
        folder, signed = config.controller["csrDir"], {}
        if folder is not None:
            folder = host_folder("kubewright_csr_dir", folder, variables)
            signed = csr_folder.read_signed(config, folder, parts)
        # The kubelet needs its kubeconfig.
        phases = (arguments.get("carry") or ()) if KUBECONFIGS in parts else ()
        if phases and arguments["read"] is not None and not is_read(arguments["read"]):
            raise not_read()
        renew, read = arguments["renew"], arguments["read"]
        return _Run(config, parts, cas, given, folder, signed, renew, now, variables, read, phases)

    def _issued(self, run: _Run, facts: Facts) -> Result:
        renewal = Renewal(facts.now, run.config.data["certRenewBeforeSeconds"], run.renew == "all")
        own = {path: ca for path, ca in run.cas.items() if ca.signs_here}
        task = Task(
            parts=run.parts,
            given=run.given,
            requests=list(own) if run.folder is None else [ca.path for ca in authorities(run.config)],
            signed=run.signed,
            existing_cluster=run.renew is not None,
        )
        planned = plan(run.config, renewal, task, facts)
        if _is_given_authorities(run.config, facts):
            # In check mode they have not been written yet.
            planned = with_shared(planned)
        complaints: list[str] = []
        warnings = list(planned.warnings)
        users = kubeconfigs.NOTHING
        if KUBECONFIGS in run.parts:
            try:
                users = _signable(run, facts, warnings, complaints)
            except KubewrightError as error:
                complaints.append(str(error))
        left = signed_here(run.config, planned, own)
        found = reasons(run.config, left)
        found.update(_reasons_here(users))
        carried: Result = {}
        if self._task.check_mode:
            outcome = CarriedOut(requests_of(left), [], {})
        else:
            # What is wrong here ends the run, and nothing is to start before that.
            outcome = self._carried_out(
                run if not complaints else run._replace(carry=()), facts, planned, own, users, carried
            )
            complaints += _refused(outcome.refused, run.cas)
        if run.folder is not None:
            self._hand_on(run, run.folder, outcome.requests, warnings, complaints)
        removed = [pending_path(name) for name in left.stale]
        rows = credentials_rows(found, run.config.certificates_dir, facts.present(), removed)
        result: Result = {
            "changed": bool(found),
            "reasons": found,
            "requests": [request._asdict() for request in outcome.requests],
            "diff": reasons_diff(found),
            "planned": [row.plain() for row in rows],
        }
        if run.carry:
            result["carried"] = carried
        result = warned(result, [f"{self.phase}: {warning}" for warning in warnings])
        if complaints:
            return dict(result, failed=True, msg=f"{self.phase}: " + "\n".join(complaints))
        return result

    def _carried_out(
        self,
        run: _Run,
        facts: Facts,
        planned: CredentialsPlan,
        own: t.Mapping[str, GivenCA],
        users: kubeconfigs.KubeconfigsHere,
        carried: Result,
    ) -> CarriedOut:
        """Has the plan carried out, and writes the kubeconfigs of the controller. carried: is given what came of other phases."""
        config = run.config
        made = _x509.generate_keys(config.key_algorithm, len(users.steps))
        keys = {item.kubeconfig.name: key for item, key in zip(users.steps, made, strict=True)}
        signed: dict[str, str] = {}
        asked: list[SignRequest] = []
        for item in users.steps:
            name, certificate = item.kubeconfig.name, item.kubeconfig.certificate
            csr = _x509.request(certificate, keys[name]).decode("ascii")
            if certificate.ca in own:
                signed[name] = sign_request(config, certificate, signing_pair(own[certificate.ca]), csr, run.now)
            else:
                asked.append(sign(config, name, certificate, csr))

        def apply(changes: t.Sequence[Change], expected: Expected, profile: _x509.Profile) -> Answer:
            # What is signed elsewhere comes in an execution after this one, and the other phases need it.
            if run.read is None or not run.carry or planned.elsewhere:
                return answer_of(self._apply(run, changes, expected, profile, []))
            together = carry(run.carry, config, run.read, changes)
            answer = self._apply(run, together.credentials, expected, profile, together.files)
            carried.update(with_marks(together.files, answer))
            return answer_of(answer)

        outcome = carry_out(config, facts, planned, own, asked, apply, run.now)
        ca_pem = _ca_of_users(config, facts, run.cas, run.now) if users.steps else None
        for item in users.steps:
            name = item.kubeconfig.name
            made_there = outcome.signed.get(name, {})
            pem = signed.get(name) or made_there.get("certificate")
            # The one that has signed it: the host may just have made it.
            ca = str(made_there["ca"]).encode() if "ca" in made_there else ca_pem
            if pem is None or ca is None:
                raise KubewrightError(f"the host has not signed the client certificate of {name}. Run again.")
            kubeconfigs.write(config, item.kubeconfig, ca, pem.encode(), keys[name])
        kubeconfigs.tighten(users)
        return outcome

    def _apply(
        self,
        run: _Run,
        changes: t.Sequence[Change],
        expected: Expected,
        profile: _x509.Profile,
        files: t.Sequence[t.Mapping[str, t.Any]],
    ) -> Result:
        given = {
            "phase": self.phase,
            "changes": arguments(changes),
            "files": list(files),
            "expected": dict(expected),
            "private_keys": private_keys(changes),
            "profile": profile._asdict(),
            "lock_timeout": run.config.lock_seconds,
        }
        # Private keys are not left for a wait that does not come.
        paths = (
            _kept(changes, expected, files)
            if self.run_phases(["wait_control_plane"], run.config, run.variables)
            else []
        )
        failed = self.keep(run.config, self.phase, paths, run.variables)
        if failed is not None:
            raise Lost(failed)
        answer = self._execute_module(
            module_name="kubewright.control_plane.credentials_apply", module_args=plain(given), task_vars=run.variables
        )
        if answer.get("failed") or answer.get("unreachable") or "requests" not in answer:
            raise Lost(answer)
        if answer.get("stale"):
            raise Stale([str(path) for path in answer["stale"]])
        return t.cast(Result, answer)

    def _hand_on(
        self,
        run: _Run,
        folder: str,
        others: t.Sequence[Request],
        warnings: list[str],
        complaints: list[str],
    ) -> None:
        """Lays the requests for somebody else into the folder; the run cannot go on without what is not merely due."""
        written = not self._task.check_mode
        if written:
            csr_folder.write_requests(run.config, folder, others, run.parts)
        if any(not request.due for request in others):
            complaints.append(csr_folder.complaint(run.config, folder, others, written))
        elif others:
            warnings.append("soon " + csr_folder.complaint(run.config, folder, others, written))


def _is_given_authorities(config: Config, facts: Facts) -> bool:
    """Whether the host has no CA yet, and gets it from another one."""
    joins = config.joined_control_plane is not None or bool((config.etcd_host or {}).get("cluster"))
    return joins and not facts.exists(f"{config.certificates_dir}/{authorities(config)[0].path}.crt")


def _kept(changes: t.Sequence[Change], expected: Expected, files: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    """The files that are to be kept as they are before the changes: none where nothing that was there goes."""
    others = [change for item in files for change in item["changes"] if change["kind"] == WRITE_FILE]
    paths = written_paths(changes)
    # Of what comes signed from elsewhere nobody has looked at the host again.
    goes = not expected or any(map(expected.get, paths)) or any(change["expected"] for change in others)
    return [*paths, *(change["path"] for change in others)] if goes else []


def unsigned(config: Config, names: t.Sequence[str]) -> str:
    """What to do about kubeconfigs whose client certificates nobody can sign."""
    return (
        f"{config.certificates_dir}/ca.key is neither on the host nor on the controller, so the client certificates of these cannot be "
        f"signed: {', '.join(names)}. Set their location to host in kubewright_kubeconfigs, and have them signed by way of "
        "kubewright_csr_dir."
    )


def _ca_of_users(config: Config, facts: Facts, cas: t.Mapping[str, GivenCA], now: datetime.datetime) -> bytes | None:
    """The CA that clients trust (PEM): the host's, or the one that it is going to have."""
    certificate, _problem = facts.certificate(f"{config.certificates_dir}/ca.crt")
    if certificate is None and "ca" in cas:
        certificate = given_pair(cas["ca"], now).certificate
    return _x509.certificate_pem(certificate) if certificate is not None else None


def _signable(run: _Run, facts: Facts, warnings: list[str], complaints: list[str]) -> kubeconfigs.KubeconfigsHere:
    """The kubeconfigs of the controller that have to be written and can be signed; the others are complained of."""
    config = run.config
    renewal = Renewal(run.now, config.data["certRenewBeforeSeconds"], run.renew == "all")
    planned = kubeconfigs.plan(config, _ca_of_users(config, facts, run.cas, run.now), renewal)
    given = run.cas.get("ca")
    is_there = facts.exists(f"{config.certificates_dir}/ca.crt")
    # The host may not have its CA, or the key of it, yet.
    to_come = given.brings_key if given is not None else not is_there
    if (
        facts.key(f"{config.certificates_dir}/ca.key")[0] is not None
        or to_come
        or (given is not None and given.signs_here)
    ):
        return planned
    for due, texts in ((True, warnings), (False, complaints)):
        names = [item.kubeconfig.path for item in planned.steps if item.due is due]
        if names:
            texts.append(unsigned(config, names))
    return planned._replace(steps=[])


def _reasons_here(users: kubeconfigs.KubeconfigsHere) -> dict[str, str]:
    found = {item.kubeconfig.path: item.reason for item in users.steps}
    found.update(dict.fromkeys(users.loose_files, "mode too loose"))
    return {f"{path} on the controller": reason for path, reason in found.items()}


def _refused(requests: t.Sequence[Request], cas: t.Mapping[str, GivenCA]) -> list[str]:
    """What the host would not take though the controller has signed it: its clock is wrong."""
    return [
        f"{request.name} was signed with {cas[request.ca].key_name}, and the host does not take it: {request.refused}. "
        f"Compare the CA on the host with {cas[request.ca].certificate_name}, and the clocks."
        for request in requests
    ]


__all__ = ("CREDENTIALS", "CredentialsAction")
