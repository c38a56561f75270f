# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one inspection of a leaf: its state at each moment of its life, and what is wrong beside its end."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.comparison import describe
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import certificates
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Key, Pair
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.inspection import (
    Dates,
    Found,
    Inspection,
    Issuer,
    find,
    found_pair,
    inspect_leaf,
    judge,
)

DAY = datetime.timedelta(days=1)


def _wanted(host: t.Any, name: str = "apiserver", **variables: t.Any) -> Certificate:
    return next(leaf for leaf in certificates(host.config(**variables)) if leaf.path == name)


def _look(
    host: t.Any,
    later: datetime.timedelta = datetime.timedelta(0),
    wanted: Certificate | None = None,
    issuer: Issuer | None = None,
    exact_names: bool = False,
) -> Inspection:
    config, now = host.config(), host.now + later
    facts = folder_facts(config, "", now)
    ca = issuer or Issuer(_x509.load_certificate((host.sound / "ca.crt").read_bytes()))
    dates = Dates(now, now + 30 * DAY)
    leaf = wanted or _wanted(host)
    return inspect_leaf(facts, config.certificates_dir, leaf, ca, config.key_algorithm, dates, exact_names)


@pytest.fixture
def whole(host: t.Any) -> t.Any:
    """A host with certificates."""
    shutil.copytree(host.sound, host.pki)
    return host


@pytest.mark.parametrize(
    ("days", "status", "reason"),
    [(0, "ok", ""), (334, "ok", ""), (335, "due", "ends at "), (364, "due", "ends at "), (365, "expired", "ended at ")],
)
def test_its_life(whole: t.Any, days: int, status: str, reason: str) -> None:
    """Breaks renewal: too early, too late, or said as something else."""
    found = _look(whole, days * DAY)
    assert (found.path, found.status, found.due) == (str(whole.pki / "apiserver.crt"), status, status == "due")
    assert found.reason.startswith(reason)
    assert bool(found.reason) is bool(reason)


@pytest.mark.parametrize(("days", "status"), [(0, "wrong"), (350, "wrong"), (365, "expired")])
def test_an_end_that_is_near_hides_no_fault(whole: t.Any, days: int, status: str) -> None:
    """Breaks when what is wrong and near its end counts as due, and waits where due ones wait."""
    found = _look(whole, days * DAY, _wanted(whole, apiserver_cert_sans=["new.example"]))
    assert (found.status, found.due) == (status, False)
    if status == "wrong":
        assert found.reason == "SAN new.example missing"


def test_names_that_nobody_declared(whole: t.Any) -> None:
    """Breaks kubewright_cert_strict_sans, or makes it the rule."""
    fewer = _wanted(whole)._replace(dns_names=())
    assert _look(whole, wanted=fewer).status == "ok"
    assert _look(whole, wanted=fewer, exact_names=True).status == "wrong"


@pytest.mark.parametrize(
    ("damaged", "status", "reason"),
    [
        ({"crt": None, "key": None}, "missing", "missing"),
        ({"crt": None}, "missing", "certificate is missing"),
        ({"key": None}, "missing", "key is missing"),
        ({"crt": "x"}, "unreadable", "{}.crt is not a PEM certificate"),
        ({"key": "x"}, "unreadable", "{}.key is not an unencrypted PEM private key"),
        (
            {"crt": "x", "key": "x"},
            "unreadable",
            "{0}.crt is not a PEM certificate; {0}.key is not an unencrypted PEM private key",
        ),
    ],
)
def test_halves(whole: t.Any, damaged: dict[str, str | None], status: str, reason: str) -> None:
    """Breaks the reason: what is gone and what is damaged are told apart, and both halves are told of."""
    for end, content in damaged.items():
        path: pathlib.Path = whole.pki / f"apiserver.{end}"
        if content is None:
            path.unlink()
        else:
            path.write_text(content, encoding="ascii")
    found = _look(whole)
    assert (found.status, found.reason) == (status, reason.format(whole.pki / "apiserver"))
    assert found.found.pair is None


def test_without_a_ca_there_is_nothing_to_compare_with(whole: t.Any) -> None:
    """Breaks with a traceback on a host without a CA; the leaf is wrong for the reason that its CA has."""
    found = _look(whole, issuer=Issuer(None, "its CA is missing"))
    assert (found.status, found.reason) == ("wrong", "its CA is missing")
    (whole.pki / "apiserver.crt").unlink()
    assert _look(whole, issuer=Issuer(None, "its CA is missing")).status == "missing"


def test_a_pair_inside_a_kubeconfig_is_the_same(whole: t.Any) -> None:
    """Breaks when kubeconfigs are judged by another measure than files."""
    name = str(whole.pki / "apiserver-kubelet-client")
    in_files = find(folder_facts(whole.config(), "", whole.now), f"{name}.crt", f"{name}.key")
    pair = in_files.pair
    assert pair is not None
    assert pair.key is not None
    assert found_pair(pair) == in_files
    assert found_pair(Pair(pair.certificate, None)).pair is None


@given(
    end=st.integers(-400, 400),
    before=st.integers(0, 400),
    wrong=st.booleans(),
)
def test_every_state_has_its_place(
    judged: t.Callable[[int, int, bool], tuple[str, str]], end: int, before: int, wrong: bool
) -> None:
    """Breaks the order of the states: ended before wrong, wrong before due, and a reason for all but what is well."""
    status, reason = judged(end, before, wrong)
    if end <= 0:
        assert status == "expired"
    elif wrong:
        assert (status, reason) == ("wrong", "another name")
    else:
        assert status == ("due" if end <= before else "ok")
    assert bool(reason) is (status != "ok")


@pytest.fixture(scope="module")
def judged(now: datetime.datetime) -> t.Callable[[int, int, bool], tuple[str, str]]:
    """Judges a certificate by the days until its end and those before it at which it is due."""
    key = _x509.generate_key("ECDSA-P256")
    profile = _x509.Profile("ECDSA-P256", 86400, 86400, 0, "ca", True, True, True)
    certificate = _x509.issue_ca("x", profile, now, key)
    found = Found(certificate, describe(certificate), Key(_x509.public_key_pem(key).decode(), "ECDSA-P256"))

    def judge_at(end: int, before: int, wrong: bool) -> tuple[str, str]:
        at = _x509.not_after(certificate) - end * DAY

        def reason_at(renew_at: datetime.datetime) -> str | None:
            if _x509.not_after(certificate) <= renew_at:
                return "ends soon"
            return "another name" if wrong else None

        return judge(found, Dates(at, at + before * DAY), reason_at)

    return judge_at
