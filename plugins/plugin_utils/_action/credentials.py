# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The controller's half of pki_generate and kubeconfig_write: the CAs that are kept here sign, or requests are handed on."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.client_requests import unsigned
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.credentials import (
    KUBECONFIGS,
    files_by_name,
    reasons_diff,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.declared import (
    authorities,
    named_certificates,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.folder import Renewal, sign_request
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.given_ca import GivenCA, given_pair
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.pending import pending_path
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.base import Result, Specification, warned
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.phase import CONFIG, PhaseAction
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing import csr_folder, kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.ca_folder import controller_authorities
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing.given_authorities import (
    authority_argument,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import plain

CREDENTIALS: Specification = {**CONFIG, "renew": {"type": "str", "choices": ["due", "all"]}}


class _Run(t.NamedTuple):
    """What stays the same during a run. cas: those that are on the controller, by path."""

    config: Config
    cas: t.Mapping[str, GivenCA]
    now: datetime.datetime
    arguments: Result
    variables: Result


class CredentialsAction(PhaseAction):
    """An action whose module makes certificates. It asks the host once where the host can sign, and else once more."""

    argument_spec: t.ClassVar[Specification] = CREDENTIALS
    phase: str
    # Whether the module takes the CAs of the controller.
    brings_authorities = False

    def label(self, arguments: Result) -> str:
        """The phase."""
        return self.phase

    def run_phase(self, config: Config, arguments: Result, variables: Result) -> Result:
        """Runs the module; signs or hands on what it asks for."""
        return self._issued(config, arguments, variables)

    def parts(self, arguments: Result) -> t.Collection[str]:
        """What the module makes: C(CERTIFICATES), C(KUBECONFIGS) or both."""
        return (KUBECONFIGS,)

    def _issued(self, config: Config, arguments: Result, variables: Result) -> Result:
        now = datetime.datetime.now(datetime.timezone.utc)
        read, parts = self.user_input(variables), self.parts(arguments)
        arguments = dict(self._task.args, config=config.data)
        if KUBECONFIGS in parts:
            kubeconfigs.refuse_foreign(config)
        read_file = self.controller_files(variables).text
        cluster = str(read.get(targets.CLUSTER) or "")
        cas = controller_authorities(config, read, cluster, read_file, now, not self._task.check_mode)
        folder = read.get(targets.CSR_DIR)
        if folder is not None:
            folder = os.path.join(os.path.abspath(os.path.expanduser(folder)), str(variables["inventory_hostname"]))
            arguments["signed"] = csr_folder.read_signed(config, folder, parts)
        arguments["requests"] = [ca.path for ca in authorities(config) if folder is not None or signs(cas, ca.path)]
        if self.brings_authorities:
            arguments["authorities"] = [authority_argument(path, ca) for path, ca in cas.items()]
        return self._asked(_Run(config, cas, now, arguments, variables), folder, parts)

    def _asked(self, run: _Run, folder: str | None, parts: t.Collection[str]) -> Result:
        answer = self._ask(run.arguments, run.variables)
        if _is_lost(answer):
            return answer
        own, others = _shared_out(run.config, answer["requests"], run.cas)
        complaints: list[str] = []
        warnings: list[str] = []
        users = kubeconfigs.NOTHING
        if KUBECONFIGS in parts:
            try:
                users = _signable(run, answer, warnings, complaints)
            except KubewrightError as error:
                complaints.append(str(error))
        answer = _with_own(run.config, answer, own)
        if not self._task.check_mode:
            answer = self._second_round(run, answer, own, users)
            if _is_lost(answer):
                return answer
            complaints += _refused(answer["requests"], run.cas)
        answer = _with_reasons(answer, _reasons(users))
        answer["requests"] = list(others)
        for used in ("ca_certificate", "ca_signs", "client_certificates"):
            answer.pop(used, None)
        if folder is not None:
            self._hand_on(run.config, folder, others, parts, warnings, complaints)
        answer = warned(answer, [f"{self.phase}: {warning}" for warning in warnings])
        if complaints:
            return dict(answer, failed=True, msg=f"{self.phase}: " + "\n".join(complaints))
        return answer

    def _ask(self, arguments: Result, variables: Result) -> Result:
        return t.cast(Result, self._execute_module(module_args=plain(arguments), task_vars=variables))

    def _second_round(
        self, run: _Run, answer: Result, own: t.Sequence[csr_folder.Request], users: kubeconfigs.Plan
    ) -> Result:
        """Brings the host what the controller has signed, and writes the kubeconfigs of the controller.

        The requests of the result are those of which the host has refused the certificate.
        """
        config, cas, now = run.config, run.cas, run.now
        made = _x509.generate_keys(config.key_algorithm, len(users.steps))
        keys = {item.kubeconfig.name: key for item, key in zip(users.steps, made, strict=True)}
        declared = named_certificates(config)
        wanted = [declared[str(request["name"])] for request in own]
        wanted += [item.kubeconfig.certificate for item in users.steps]
        # Read once, though many are signed with them.
        signers = {path: given_pair(cas[path], now) for path in {item.ca for item in wanted} if signs(cas, path)}
        asked: list[Result] = []
        signed: dict[str, str] = {}
        for item in users.steps:
            name, certificate = item.kubeconfig.name, item.kubeconfig.certificate
            csr = _x509.request(certificate, keys[name]).decode("ascii")
            if certificate.ca in signers:
                signed[name] = sign_request(config, certificate, signers[certificate.ca], csr, now)
            else:
                asked.append({"name": name, "csr": csr})
        ca_pem = _ca_of_users(answer, cas, now)
        refused: t.Sequence[t.Any] = []
        if own or asked:
            certs = _sign(config, own, signers, now)
            more = self._ask(dict(run.arguments, signed=certs, only_signed=True, client_requests=asked), run.variables)
            if _is_lost(more):
                return more
            answer = warned(answer, more.get("warnings") or [])
            refused = more["requests"]
            signed.update(more.get("client_certificates") or {})
        for item in users.steps:
            name = item.kubeconfig.name
            if ca_pem is None or name not in signed:
                raise KubewrightError(f"the host has not signed the client certificate of {name}. Run again.")
            kubeconfigs.write(config, item.kubeconfig, ca_pem, signed[name].encode(), keys[name])
        kubeconfigs.tighten(users)
        return dict(answer, requests=refused)

    def _hand_on(
        self,
        config: Config,
        folder: str,
        others: t.Sequence[csr_folder.Request],
        parts: t.Collection[str],
        warnings: list[str],
        complaints: list[str],
    ) -> None:
        """Lays the requests for somebody else into the folder; the run cannot go on without what is not merely due."""
        written = not self._task.check_mode
        if written:
            csr_folder.write_requests(config, folder, others, parts)
        if any(not request["due"] for request in others):
            complaints.append(csr_folder.complaint(config, folder, others, written))
        elif others:
            warnings.append("soon " + csr_folder.complaint(config, folder, others, written))


def signs(cas: t.Mapping[str, GivenCA], path: str) -> bool:
    """Whether the controller signs for a CA: it has the key, and the host has not."""
    return path in cas and cas[path].key is not None and not cas[path].key_on_host


def _is_lost(answer: Result) -> bool:
    return bool(answer.get("failed") or answer.get("unreachable")) or "requests" not in answer


def _shared_out(
    config: Config, requests: t.Sequence[csr_folder.Request], cas: t.Mapping[str, GivenCA]
) -> tuple[list[csr_folder.Request], list[csr_folder.Request]]:
    """The requests that the controller signs, and those that somebody else does.

    Raises KubewrightError for a name that is not declared: the host decides nothing here.
    """
    declared = named_certificates(config)
    unknown = [str(request["name"]) for request in requests if request["name"] not in declared]
    if unknown:
        raise KubewrightError(f"the host asks for certificates that are not declared: {', '.join(unknown)}.")
    own = [request for request in requests if signs(cas, declared[request["name"]].ca)]
    return own, [request for request in requests if request not in own]


def _ca_of_users(answer: Result, cas: t.Mapping[str, GivenCA], now: datetime.datetime) -> bytes | None:
    """The CA that clients trust (PEM): the host's, or the one that it is going to have."""
    if answer.get("ca_certificate"):
        return str(answer["ca_certificate"]).encode()
    return _x509.certificate_pem(given_pair(cas["ca"], now).certificate) if "ca" in cas else None


def _signable(run: _Run, answer: Result, warnings: list[str], complaints: list[str]) -> kubeconfigs.Plan:
    """The kubeconfigs of the controller that have to be written and can be signed; the others are complained of."""
    renewal = Renewal(run.now, run.config.data["certRenewBeforeSeconds"], run.arguments.get("renew") == "all")
    planned = kubeconfigs.plan(run.config, _ca_of_users(answer, run.cas, run.now), renewal)
    given = run.cas.get("ca")
    # In check mode the host may not have its CA, or the key of it, yet.
    to_come = given.brings_key if given is not None else "ca_certificate" not in answer
    if answer.get("ca_signs") or to_come or signs(run.cas, "ca"):
        return planned
    for due, texts in ((True, warnings), (False, complaints)):
        names = [item.kubeconfig.path for item in planned.steps if item.due is due]
        if names:
            texts.append(unsigned(run.config, names))
    return planned._replace(steps=[])


def _reasons(users: kubeconfigs.Plan) -> dict[str, str]:
    found = {item.kubeconfig.path: item.reason for item in users.steps}
    found.update(dict.fromkeys(users.loose_files, "mode too loose"))
    return {f"{path} on the controller": reason for path, reason in found.items()}


def _sign(
    config: Config,
    requests: t.Sequence[csr_folder.Request],
    signers: t.Mapping[str, _x509.Pair],
    now: datetime.datetime,
) -> dict[str, str]:
    """The certificates (PEM) by name. signers: the CAs that the controller signs with, by path."""
    declared, found = named_certificates(config), {}
    for request in requests:
        name = str(request["name"])
        wanted = declared[name]
        try:
            found[name] = sign_request(config, wanted, signers[wanted.ca], str(request["csr"]), now)
        except KubewrightError as error:
            raise KubewrightError(f"what the host asks for as {name} {error}. Run again.") from None
    return found


def _refused(requests: t.Sequence[csr_folder.Request], cas: t.Mapping[str, GivenCA]) -> list[str]:
    """What the host has not taken though the controller has signed it: it trusts another CA, or its clock is wrong."""
    return [
        f"{request['name']} was signed with {cas[request['ca']].key_name}, and the host does not take it: {request['refused']}. "
        f"Compare the CA on the host with {cas[request['ca']].certificate_name}, and the clocks."
        for request in requests
        if request["ca"] in cas
    ]


def _with_own(config: Config, answer: Result, own: t.Sequence[csr_folder.Request]) -> Result:
    """The answer with what the controller signs as done: its keys do not wait for anybody."""
    waiting = {pending_path(str(request["name"])) for request in own}
    paths = files_by_name(config)
    reasons = {path: reason for path, reason in answer["reasons"].items() if path not in waiting}
    more = {paths[str(request["name"])]: str(request["reason"]) for request in own}
    return _with_reasons(dict(answer, changed=bool(reasons), reasons=reasons), more)


def _with_reasons(answer: Result, more: t.Mapping[str, str]) -> Result:
    reasons = {**answer["reasons"], **more}
    return dict(answer, changed=bool(answer["changed"] or more), reasons=reasons, diff=reasons_diff(reasons))


__all__ = ("CREDENTIALS", "CredentialsAction")
