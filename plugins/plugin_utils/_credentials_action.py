# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The controller's half of pki_generate and kubeconfig_write: the CAs that are kept here sign, or requests are handed on."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.kubewright.control_plane.plugins.module_utils import _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._certificates import (
    Certificate,
    authorities,
    certificates,
    host_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._given_ca import GivenCA, given_pair
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import Renewal, profile_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _controller_kubeconfigs as kubeconfigs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _csr_folder as csr_folder
from ansible_collections.kubewright.control_plane.plugins.plugin_utils import _targets as targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action import PhaseAction, Result
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._ca_folder import controller_authorities
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._given_authorities import authority_argument
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._registered import cluster_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render import plain


class CredentialsAction(PhaseAction):
    """An action whose module makes certificates. It asks the host once where the host can sign, and else once more."""

    phase: str
    # Whether the module takes the CAs of the controller.
    brings_authorities = False

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Runs the module; signs or hands on what it asks for."""
        result: Result = ActionBase.run(self, tmp, task_vars)
        try:
            return dict(result, **self._issued(dict(self._task.args), task_vars or {}))
        except KubewrightError as error:
            return dict(result, failed=True, msg=f"{self.phase}: {error}")

    def with_kubeconfigs(self, arguments: Result) -> bool:
        """Whether the module makes kubeconfigs."""
        return True

    def _issued(self, arguments: Result, variables: Result) -> Result:
        config, now = self.config(arguments), datetime.datetime.now(datetime.timezone.utc)
        read = self.user_input(variables)

        def read_file(path: str) -> str:
            return self.controller_file(path, variables)

        cluster = cluster_of(variables)
        cas = controller_authorities(config, read, cluster, read_file, now, not self._task.check_mode)
        folder = read.get(targets.CSR_DIR)
        if folder is not None:
            folder = os.path.join(os.path.abspath(os.path.expanduser(folder)), str(variables["inventory_hostname"]))
            arguments["signed"] = csr_folder.read_signed(config, folder, read_file)
        keys_here = bool(cas) and all(signs(cas, ca.path) for ca in authorities(config))
        arguments["requests"] = folder is not None or keys_here
        if self.brings_authorities:
            arguments["authorities"] = [authority_argument(path, ca) for path, ca in cas.items()]
        answer = self._ask(arguments, variables)
        if _is_lost(answer):
            return answer
        renewal = Renewal(now, config.data["certRenewBeforeSeconds"], arguments.get("renew") == "all")
        users: list[kubeconfigs.Wanted] = []
        ca_pem = _ca_of_users(answer, cas)
        if self.with_kubeconfigs(arguments):
            users = kubeconfigs.plan(config, ca_pem, renewal)
        own = [request for request in answer["requests"] if signs(cas, request["ca"])]
        if not self._task.check_mode:
            answer = self._second_round(config, arguments, variables, cas, answer, own, users, now)
            if _is_lost(answer):
                return answer
        reasons = {f"{item.kubeconfig.path} on the controller": item.reason for item in users}
        answer = _with_reasons(answer, reasons)
        others = [request for request in answer["requests"] if not signs(cas, request["ca"])]
        for used in ("ca_certificate", "client_certificates"):
            answer.pop(used, None)
        return self._handed_on(config, folder, answer, others)

    def _ask(self, arguments: Result, variables: Result) -> Result:
        return t.cast(Result, self._execute_module(module_args=plain(arguments), task_vars=variables))

    def _second_round(
        self,
        config: Config,
        arguments: Result,
        variables: Result,
        cas: t.Mapping[str, GivenCA],
        answer: Result,
        own: t.Sequence[csr_folder.Request],
        users: t.Sequence[kubeconfigs.Wanted],
        now: datetime.datetime,
    ) -> Result:
        """Brings the host what the controller has signed, and writes the kubeconfigs of the controller."""
        made = _x509.generate_keys(config.key_algorithm, len(users))
        keys = {item.kubeconfig.name: key for item, key in zip(users, made, strict=True)}
        asked: list[Result] = []
        signed: dict[str, str] = {}
        for item in users:
            certificate = item.kubeconfig.certificate
            if signs(cas, certificate.ca):
                public_key = keys[item.kubeconfig.name].public_key()
                signed[item.kubeconfig.name] = _signed(config, certificate, public_key, cas, now)
            else:
                csr = _x509.request(certificate, keys[item.kubeconfig.name])
                asked.append({"name": item.kubeconfig.name, "csr": csr.decode("ascii")})
        if own or asked:
            certs = _sign(config, own, cas, now)
            arguments = dict(arguments, signed={**arguments.get("signed", {}), **certs}, client_requests=asked)
            answer = _together(answer, self._ask(arguments, variables))
            if _is_lost(answer):
                return answer
            signed.update(answer.get("client_certificates") or {})
        ca_pem = _ca_of_users(answer, cas) or b""
        for item in users:
            name = item.kubeconfig.name
            kubeconfigs.write(config, item.kubeconfig, ca_pem, signed[name].encode(), keys[name])
        return answer

    def _handed_on(
        self, config: Config, folder: str | None, answer: Result, others: t.Sequence[csr_folder.Request]
    ) -> Result:
        """Lays the requests for somebody else into the folder; the run cannot go on without what is not merely due."""
        if folder is None:
            return answer
        check_mode = self._task.check_mode
        if not check_mode:
            csr_folder.write_requests(config, folder, others)
        missing = [request for request in others if not request["due"]]
        if missing:
            complaint = csr_folder.complaint(config, folder, others, not check_mode)
            return dict(answer, failed=True, msg=f"{self.phase}: {complaint}")
        if others:
            complaint = csr_folder.complaint(config, folder, others, not check_mode)
            return dict(answer, warnings=[*(answer.get("warnings") or []), f"{self.phase}: soon {complaint}"])
        return answer


def signs(cas: t.Mapping[str, GivenCA], path: str) -> bool:
    """Whether the controller signs for a CA: it has the key, and the host has not."""
    return path in cas and cas[path].key is not None and not cas[path].key_on_host


def _is_lost(answer: Result) -> bool:
    return bool(answer.get("failed") or answer.get("unreachable"))


def _ca_of_users(answer: Result, cas: t.Mapping[str, GivenCA]) -> bytes | None:
    """The CA that clients trust (PEM): the host's, or the one that it is going to have."""
    if answer.get("ca_certificate"):
        return str(answer["ca_certificate"]).encode()
    return cas["ca"].own_certificate if "ca" in cas else None


def _signed(
    config: Config,
    wanted: Certificate,
    public_key: t.Any,
    cas: t.Mapping[str, GivenCA],
    now: datetime.datetime,
) -> str:
    ca = given_pair(cas[wanted.ca], now)
    return _x509.certificate_pem(_x509.issue(wanted, ca, profile_of(config), now, public_key)).decode("ascii")


def _sign(
    config: Config, requests: t.Sequence[csr_folder.Request], cas: t.Mapping[str, GivenCA], now: datetime.datetime
) -> dict[str, str]:
    """The certificates (PEM) by name. What is declared is signed, whatever a request says; it gives the key alone."""
    declared = {leaf.path: leaf for leaf in certificates(config)}
    declared.update({item.name: item.certificate for item in host_kubeconfigs(config)})
    return {
        request["name"]: _signed(
            config, declared[request["name"]], _x509.requested_key(str(request["csr"]).encode()), cas, now
        )
        for request in requests
    }


def _together(first: Result, second: Result) -> Result:
    """What both rounds did."""
    if _is_lost(second):
        return second
    reasons = {**first["reasons"], **second["reasons"]}
    return _with_reasons(dict(second, changed=first["changed"] or second["changed"], reasons={}), reasons)


def _with_reasons(answer: Result, more: t.Mapping[str, str]) -> Result:
    reasons = {**answer["reasons"], **more}
    after = "".join(f"{name}: {reason}\n" for name, reason in reasons.items())
    diff = {"before": "", "after": after} if reasons else {}
    return dict(answer, changed=bool(answer["changed"] or more), reasons=reasons, diff=diff)


__all__ = ("CredentialsAction",)
