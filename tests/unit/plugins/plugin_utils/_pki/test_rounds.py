# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan carried out: in one round where the host signs, in two where the controller does."""

from __future__ import annotations

import base64
import datetime
import shutil
import typing as t

import pytest
from keyless import CONFS, Keyless, contents

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import (
    apply_in_folder,
    folder_facts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import (
    Answer,
    CarriedOut,
    Stale,
    answer_of,
    carry_out,
    sign_request,
)
from credentials_made import authority
from leaves import LEAVES


def test_the_second_round_installs_what_was_signed_and_nothing_else(keyless: Keyless) -> None:
    """Breaks a renewal of all where the controller signs for some CAs: what the host signed would be renewed twice."""
    shutil.copy(keyless.elsewhere / "etcd/ca.key", keyless.host.pki / "etcd/ca.key")
    own = {}
    for name in ("ca", "front-proxy-ca"):
        certificate, key = ((keyless.elsewhere / f"{name}.{end}").read_bytes() for end in ("crt", "key"))
        own[name] = GivenCA(f"{name}.crt", certificate, key, key_on_host=False)
    facts, now = folder_facts(keyless.config, "", keyless.host.now), keyless.host.now
    given = {name: ca.for_host() for name, ca in own.items()}
    planned = keyless.plan(everything=True, given=given, requests=list(own))
    rounds: list[list[str]] = []

    def spied(changes: t.Sequence[t.Any], *more: t.Any) -> t.Any:
        rounds.append([change.kind for change in changes])
        return apply_in_folder("", now)(changes, *more)

    outcome = carry_out(keyless.config, facts, planned, own, [], spied, now)
    assert (outcome.requests, outcome.refused) == ([], [])
    by_etcd = [name for name in LEAVES if "etcd" in name]
    assert rounds[0].count("issue_certificate") == len(by_etcd)
    assert rounds[0].count("request_certificate") == len([*LEAVES, *CONFS]) - len(by_etcd)
    assert rounds[1:] == [["install_certificate"] * rounds[0].count("request_certificate") + ["forget_keys"]]
    assert not (keyless.host.kubernetes / ".pending").exists()
    assert keyless.plan(given=given).leaves == []
    for name in LEAVES:
        certificate = _x509.load_certificate((keyless.host.pki / f"{name}.crt").read_bytes())
        assert _x509.key_matches(certificate, _x509.load_key((keyless.host.pki / f"{name}.key").read_bytes()))


def test_what_the_hosts_clock_refuses(keyless: Keyless) -> None:
    """Breaks a host whose clock is years away: it would be given certificates that it takes for ended, again at each run."""
    (keyless.host.pki / "apiserver.crt").unlink()
    certificate, key = ((keyless.elsewhere / f"ca.{end}").read_bytes() for end in ("crt", "key"))
    own = {"ca": GivenCA("ca.crt", certificate, key, key_on_host=False)}
    facts = folder_facts(keyless.config, "", keyless.host.now)
    planned = keyless.plan(requests=["ca"])
    before = contents(keyless.host.pki)
    now = keyless.host.now + datetime.timedelta(days=1)
    outcome = carry_out(keyless.config, facts, planned, own, [], apply_in_folder("", now), now)
    assert [(item.name, "begins at" in item.refused) for item in outcome.refused] == [("apiserver", True)]
    assert contents(keyless.host.pki) == before


def _own(keyless: Keyless, *names: str) -> dict[str, GivenCA]:
    """CAs of the controller, by path."""
    return {
        name: GivenCA(
            f"{name}.crt",
            (keyless.elsewhere / f"{name}.crt").read_bytes(),
            (keyless.elsewhere / f"{name}.key").read_bytes(),
            key_on_host=False,
        )
        for name in names
    }


def test_what_is_signed_is_what_is_declared(keyless: Keyless, now: datetime.datetime) -> None:
    """Breaks the controller's CA: a host would be given whatever name it asks for."""
    key = _x509.generate_key("ECDSA-P256")
    wanted = Certificate("x", "ca", "system:node:cp1", ("system:nodes",), ("clientAuth",))
    greedy = wanted._replace(common_name="kubernetes-super-admin", organizations=("system:masters",))
    ca = authority(keyless.elsewhere, "ca")
    pem = sign_request(keyless.config, wanted, ca, _x509.request(greedy, key).decode(), now)
    certificate = _x509.load_certificate(pem.encode())
    assert comparison.differences(certificate, wanted, "ECDSA-P256", exact_names=True) == []
    assert comparison.is_signed_by(certificate, ca.certificate)
    assert _x509.key_matches(certificate, key)


@pytest.mark.parametrize("damage", ["nonsense", "another signature"])
def test_a_request_that_is_none(keyless: Keyless, now: datetime.datetime, damage: str) -> None:
    """Breaks when a key is certified that the host does not have, or with a traceback."""
    (keyless.host.pki / "apiserver.crt").unlink()
    planned = keyless.plan(requests=["ca"])
    real = apply_in_folder("", now)

    def forged(*round_of: t.Any) -> Answer:
        answer = real(*round_of)
        der = bytearray(base64.b64decode("".join(answer.requests["apiserver"].splitlines()[1:-1])))
        der[-1] ^= 1
        lines = ["-----BEGIN CERTIFICATE REQUEST-----", base64.b64encode(bytes(der)).decode()]
        text = "\n".join([*lines, "-----END CERTIFICATE REQUEST-----", ""])
        return answer._replace(requests={"apiserver": text if damage != "nonsense" else damage})

    facts, own = folder_facts(keyless.config, "", now), _own(keyless, "ca")
    before = contents(keyless.host.pki)
    with pytest.raises(KubewrightError, match=r"^what the host asks for as apiserver .*Run again\.$"):
        carry_out(keyless.config, facts, planned, own, [], forged, now)
    assert contents(keyless.host.pki) == before


def test_a_host_that_has_not_made_a_request(keyless: Keyless, now: datetime.datetime) -> None:
    """Breaks with a traceback where a host of another version of the collection answers."""
    (keyless.host.pki / "apiserver.crt").unlink()
    facts, planned = folder_facts(keyless.config, "", now), keyless.plan(requests=["ca"])
    with pytest.raises(KubewrightError, match="has not made the request for apiserver"):
        carry_out(keyless.config, facts, planned, {}, [], lambda *_round: Answer({}, {}), now)


def test_nobody_is_asked_where_nothing_changes(keyless: Keyless, now: datetime.datetime) -> None:
    """Breaks the second run, which would cost a trip to every host."""
    facts = folder_facts(keyless.config, "", now)

    def refuse(*_round: t.Any) -> t.NoReturn:
        raise AssertionError

    assert carry_out(keyless.config, facts, keyless.plan(), {}, [], refuse, now) == CarriedOut([], [], {})


def test_a_host_that_has_changed_meanwhile(keyless: Keyless, now: datetime.datetime) -> None:
    """Breaks when a certificate that somebody has put there between reading and writing is overwritten unseen."""
    shutil.copy(keyless.elsewhere / "ca.key", keyless.host.pki / "ca.key")
    (keyless.host.pki / "apiserver.crt").unlink()
    facts, planned = folder_facts(keyless.config, "", now), keyless.plan()
    (keyless.host.pki / "apiserver.crt").write_text("mine", encoding="ascii")
    before = contents(keyless.host.pki)
    with pytest.raises(Stale) as caught:
        carry_out(keyless.config, facts, planned, {}, [], apply_in_folder("", now), now)
    assert caught.value.paths == [str(keyless.host.pki / "apiserver.crt")]
    assert contents(keyless.host.pki) == before


@pytest.mark.parametrize(
    "raw", [{}, {"requests": {}}, {"requests": [], "signed": {}}, {"requests": {}, "signed": None}]
)
def test_answers_of_something_else(raw: dict[str, t.Any]) -> None:
    """Breaks with a traceback where a callback or another module answers in place of the applier."""
    with pytest.raises(KubewrightError, match="credentials_apply"):
        answer_of(raw)
    assert answer_of({"requests": {"a": "b"}, "signed": {"c": {"ca": "d"}}}) == Answer({"a": "b"}, {"c": {"ca": "d"}})
