# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Has a plan of certificates and kubeconfigs carried out: once where the host can sign, and once more where others do."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.changes import (
    Change,
    ForgetKeys,
    InstallCertificate,
    SignRequest,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts, Key
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import profile_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA, signing_pair
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import CredentialsPlan
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.planned_changes import (
    changes_of,
    expected,
    install,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.signed_leaf import taken
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.steps import Step

Expected = t.Mapping[str, str | None]
# By name the C(certificate) and the one of its C(ca), both PEM.
Signed = t.Mapping[str, t.Mapping[str, str]]


class Stale(Exception):
    """Files of the host are no longer as they were read; nothing was done. paths: which."""

    def __init__(self, paths: t.Sequence[str]) -> None:
        """paths: of the host."""
        super().__init__(", ".join(paths))
        self.paths = list(paths)


class Answer(t.NamedTuple):
    """What the host made: requests (PEM) of its leaves, and what it signed for the controller, by name; see C(Applied)."""

    requests: t.Mapping[str, str]
    signed: Signed


def answer_of(raw: t.Mapping[str, t.Any]) -> Answer:
    """What a host has returned. Raises KubewrightError where that is something else."""
    requests, signed = raw.get("requests"), raw.get("signed")
    if not isinstance(requests, dict) or not isinstance(signed, dict):
        raise KubewrightError(
            "the host answers otherwise than kubewright.control_plane.credentials_apply does. Run again."
        )
    return Answer(
        {str(name): str(csr) for name, csr in requests.items()},
        {str(name): item for name, item in signed.items() if isinstance(item, dict)},
    )


def _csr(answer: Answer, name: str) -> str:
    if name not in answer.requests:
        raise KubewrightError(f"the host has not made the request for {name}. Run again.")
    return answer.requests[name]


# Has changes carried out. Raises Stale.
Apply = t.Callable[[t.Sequence[Change], Expected, _x509.Profile], Answer]


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


def request_of(planned: CredentialsPlan, step: Step, csr: str = "") -> Request:
    """The request for one of the leaves that are signed elsewhere."""
    return Request(step.name, step.leaf.ca, csr, step.reason, step.due, planned.elsewhere[step.name])


def sign_request(config: Config, wanted: Certificate, ca: _x509.Pair, csr: str, now: datetime.datetime) -> str:
    """The certificate (PEM) for a request (PEM). What is declared is signed, whatever the request says; it gives the key alone.

    Raises KubewrightError where the request is none, or its own key has not signed it.
    """
    public_key = _x509.requested_key(csr.encode())
    return _x509.certificate_pem(_x509.issue(wanted, ca, profile_of(config), now, public_key)).decode("ascii")


def requests_of(planned: CredentialsPlan) -> list[Request]:
    """What somebody else is going to be asked, without the requests themselves, whose keys have not been made."""
    return [request_of(planned, step) for step in planned.leaves if step.name in planned.elsewhere]


class CarriedOut(t.NamedTuple):
    """requests: what somebody else has to sign. refused: what was signed here and the host would not take.

    signed: what a CA of the host has signed for the controller, by name.
    """

    requests: list[Request]
    refused: list[Request]
    signed: Signed


def carry_out(
    config: Config,
    facts: Facts,
    planned: CredentialsPlan,
    own: t.Mapping[str, GivenCA],
    asked: t.Sequence[SignRequest],
    apply: Apply,
    now: datetime.datetime,
) -> CarriedOut:
    """Has everything done that the plan says.

    own: the CAs that are signed with here, by path; their keys are not on the host. asked: requests of the controller. now: the
    moment at which is signed here; the host does not say when a certificate ends.

    Raises KubewrightError, and Stale where the host is no longer as it was read.
    """
    profile = profile_of(config)
    changes = [*changes_of(config, facts, planned), *asked]
    answer = apply(changes, expected(config, facts, planned, asked), profile) if changes else Answer({}, {})
    elsewhere = [step for step in planned.leaves if step.name in planned.elsewhere]
    requests = [request_of(planned, step, _csr(answer, step.name)) for step in elsewhere if step.leaf.ca not in own]
    refused: list[Request] = []
    installs: list[InstallCertificate] = []
    signers: dict[str, _x509.Pair] = {}
    for step in elsewhere:
        ca = step.leaf.ca
        if ca not in own:
            continue
        # Read once, though many are signed with it.
        signer = signers.setdefault(ca, signing_pair(own[ca])) if ca not in signers else signers[ca]
        csr = _csr(answer, step.name)
        try:
            pem = sign_request(config, step.leaf, signer, csr, now)
        except KubewrightError as error:
            raise KubewrightError(f"what the host asks for as {step.name} {error}. Run again.") from None
        try:
            ready = taken(config, facts, step, pem.encode(), _requested(csr), planned.signers[ca].certificate)
        except KubewrightError as error:
            refused.append(request_of(planned, step, csr)._replace(refused=str(error)))
            continue
        if ready is not None:
            installs.append(install(config, step, ready))
    if installs:
        # At the end, so that a run that is cut off finds the keys again.
        forget = ForgetKeys(tuple(change.name for change in installs))
        apply([*installs, forget], {}, profile)
    return CarriedOut(requests, refused, answer.signed)


def _requested(csr: str) -> Key:
    key = _x509.requested_key(csr.encode())
    return Key(_x509.public_pem(key).decode("ascii"), _x509.algorithm_of(key))


__all__ = (
    "Answer",
    "Apply",
    "CarriedOut",
    "Request",
    "Stale",
    "answer_of",
    "carry_out",
    "request_of",
    "requests_of",
    "sign_request",
)
