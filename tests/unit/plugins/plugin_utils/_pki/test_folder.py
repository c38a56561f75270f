# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates folder: what is made, what each kind of damage leads to, and what is never touched."""

from __future__ import annotations

import datetime
import os
import pathlib
import shutil
import stat
import subprocess
import typing as t

import pytest
from cryptography import x509
from damages import Damage, copy, delete, truncate

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from credentials_made import CERTIFICATES, apply, plan, written
from leaves import LEAVES

DAYS_30 = 30 * 86400.0
ALL = {"ca", "front-proxy-ca", "etcd/ca", "sa", *LEAVES}


def _plan(config: Config, now: datetime.datetime) -> t.Any:
    return plan(config, now, CERTIFICATES, DAYS_30)


def _make(host: t.Any, config: Config | None = None, now: datetime.datetime | None = None) -> None:
    if config is None and not host.pki.exists():
        shutil.copytree(host.sound, host.pki)
        return
    config = config or host.config()
    apply(config, _plan(config, now or host.now), now or host.now)


def _reasons(host: t.Any, config: Config | None = None, now: datetime.datetime | None = None) -> dict[str, str]:
    return {step.name: step.reason for step in _plan(config or host.config(), now or host.now).steps}


def _contents(host: t.Any) -> dict[str, bytes]:
    return {str(path.relative_to(host.pki)): path.read_bytes() for path in host.pki.rglob("*") if path.is_file()}


def test_everything_is_made_once(host: t.Any) -> None:
    """Breaks when a file is forgotten, or a second run finds something to do."""
    assert _reasons(host).keys() == ALL
    _make(host, host.config())
    expected = {"%s.%s" % (path, end) for path in ALL - {"sa"} for end in ("crt", "key")} | {"sa.key", "sa.pub"}
    assert set(_contents(host)) == expected
    second = _plan(host.config(), host.now)
    assert (second.steps, second.loose) == ([], [])


def test_planning_writes_nothing(host: t.Any) -> None:
    """Breaks check mode."""
    _plan(host.config(), host.now)
    assert not host.pki.exists()


@pytest.mark.parametrize(
    ("version", "algorithm"),
    [("1.12.0", "ECDSA-P256"), ("1.22.0", "ECDSA-P384"), ("1.31.0", "ECDSA-P256"), ("1.37.0", "RSA-2048")],
)
def test_openssl_accepts_every_leaf(host: t.Any, version: str, algorithm: str) -> None:
    """Breaks chains, key usages and extensions that another implementation of X.509 refuses."""
    _make(host, host.config(version, encryption_algorithm=algorithm))
    for leaf, ca in LEAVES.items():
        for purpose in ["sslclient"] if "client" in leaf else ["sslserver"]:
            command = ["openssl", "verify", "-x509_strict"] if version == "1.37.0" else ["openssl", "verify"]
            command += ["-purpose", purpose, "-CAfile", str(host.pki / (ca + ".crt")), str(host.pki / (leaf + ".crt"))]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
            assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(("algorithm", "marker"), [("RSA-2048", b"RSA PRIVATE KEY"), ("ECDSA-P256", b"EC PRIVATE KEY")])
def test_pem_types_and_modes(host: t.Any, algorithm: str, marker: bytes) -> None:
    """K5.1, D8.2: breaks kubeadm's reading of the keys, or lets others read them."""
    _make(host, host.config(encryption_algorithm=algorithm))
    for name, content in _contents(host).items():
        mode = stat.S_IMODE((host.pki / name).stat().st_mode)
        if name.endswith(".crt"):
            assert (content.splitlines()[0], mode) == (b"-----BEGIN CERTIFICATE-----", 0o644)
        elif name.endswith(".key"):
            assert (content.splitlines()[0], mode) == (b"-----BEGIN " + marker + b"-----", 0o600)
        else:
            assert (content.splitlines()[0], mode) == (b"-----BEGIN PUBLIC KEY-----", 0o600)
    assert stat.S_IMODE(host.pki.stat().st_mode) == 0o755
    assert stat.S_IMODE((host.pki / "etcd").stat().st_mode) == 0o755


def test_keys_are_never_readable_by_others(host: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when a key lies in a file of a looser mode for a moment."""
    modes = []
    write = os.write

    def spy(descriptor: int, data: bytes) -> int:
        if b"PRIVATE KEY" in bytes(data):
            modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", spy)
    _make(host, host.config())
    assert len(modes) >= len(ALL)
    assert set(modes) == {0o600}


def _foreign_ca(folder: pathlib.Path) -> None:
    for end in ("crt", "key"):
        (folder / ("apiserver." + end)).write_bytes((folder / ("front-proxy-client." + end)).read_bytes())


@pytest.mark.parametrize(
    ("damage", "path", "reason"),
    [
        (delete("apiserver.crt", "apiserver.key"), "apiserver", "missing"),
        (delete("apiserver.crt"), "apiserver", "certificate is missing"),
        (delete("etcd/peer.key"), "etcd/peer", "key is missing"),
        (truncate("apiserver.crt"), "apiserver", "apiserver.crt is not a PEM certificate"),
        (truncate("apiserver.key"), "apiserver", "apiserver.key is not an unencrypted PEM private key"),
        (
            copy("apiserver.key", "front-proxy-client.key"),
            "front-proxy-client",
            "its key belongs to another certificate",
        ),
        (_foreign_ca, "apiserver", "not signed by the present CA"),
        (delete("sa.key", "sa.pub"), "sa", "missing"),
        (delete("sa.pub"), "sa", "public half is missing"),
    ],
)
def test_each_damage_is_named_and_only_that_is_mended(host: t.Any, damage: Damage, path: str, reason: str) -> None:
    """Breaks when a damaged file is taken as sound, or more than it is made anew."""
    _make(host)
    before = _contents(host)
    damage(host.pki)
    reasons = _reasons(host)
    assert list(reasons) == [path]
    assert reasons[path].endswith(reason)
    _make(host)
    assert _reasons(host) == {}
    changed = {name for name, content in _contents(host).items() if content != before[name]}
    assert changed <= {path + ".crt", path + ".key", path + ".pub"}


def test_only_the_public_half_is_made_anew(host: t.Any) -> None:
    """Breaks every service account token, when sa.key changes with sa.pub."""
    _make(host)
    before = _contents(host)
    (host.pki / "sa.pub").unlink()
    _make(host)
    assert _contents(host) == before


@pytest.mark.parametrize(
    ("variables", "reasons"),
    [
        (
            {"apiserver_cert_sans": ["new.example", "198.51.100.1"]},
            {"apiserver": "SAN new.example missing; SAN 198.51.100.1 missing"},
        ),
        (
            {"node_name": "cp2"},
            {
                "apiserver": "SAN cp2 missing",
                "etcd/server": "common name is cp1; SAN cp2 missing",
                "etcd/peer": "common name is cp1; SAN cp2 missing",
            },
        ),
        (
            {"advertise_address": "192.0.2.11"},
            dict.fromkeys(("apiserver", "etcd/server", "etcd/peer"), "SAN 192.0.2.11 missing"),
        ),
        ({"version": "1.34.0", "encryption_algorithm": "ECDSA-P384"}, dict.fromkeys(LEAVES, "key is ECDSA-P256")),
    ],
)
def test_a_changed_declaration_reaches_the_leaves(
    host: t.Any, variables: dict[str, t.Any], reasons: dict[str, str]
) -> None:
    """Breaks when a changed variable does not reach a certificate, or reaches one that it does not concern."""
    _make(host)
    assert _reasons(host, host.config(**variables)) == reasons


def test_fewer_names_are_no_reason(host: t.Any) -> None:
    """Breaks certificates to which somebody added a name on purpose."""
    _make(host, host.config(apiserver_cert_sans=["extra.example"]))
    assert _reasons(host) == {}


def test_an_organization_of_the_new_minor(host: t.Any) -> None:
    """D8.1: breaks the upgrade from 1.28 to 1.29, which takes system:masters away."""
    _make(host, host.config("1.28.0"))
    assert _reasons(host, host.config("1.29.0")) == {
        "apiserver-kubelet-client": "organization is system:masters",
        "etcd/healthcheck-client": "organization is system:masters",
        "apiserver-etcd-client": "organization is system:masters",
    }


def test_near_end(host: t.Any) -> None:
    """Breaks renewal: too early, too late, or of the CA, whose end is far."""
    _make(host)
    almost = host.now + datetime.timedelta(days=364)
    early = host.now + datetime.timedelta(days=365 - 31)
    assert _reasons(host, now=early) == {}
    reasons = _reasons(host, now=almost)
    assert set(reasons) == set(LEAVES)
    assert all(reason.startswith("ends at ") for reason in reasons.values())
    _make(host, now=almost)
    assert _reasons(host, now=almost) == {}


@pytest.mark.parametrize(
    ("name", "mode", "wanted"),
    [
        ("ca.key", 0o644, 0o600),
        ("apiserver.key", 0o640, 0o600),
        ("ca.crt", 0o666, 0o644),
        # kubeadm join leaves 0644, which stays; what is neither gets the mode of kubeadm init.
        ("sa.pub", 0o666, 0o600),
    ],
)
def test_a_loose_mode_is_tightened_in_place(host: t.Any, name: str, mode: int, wanted: int) -> None:
    """Breaks when a readable key stays readable, or is made anew only because of its mode."""
    _make(host)
    before = _contents(host)
    (host.pki / name).chmod(mode)
    planned = _plan(host.config(), host.now)
    assert (planned.steps, planned.loose) == ([], [(str(host.pki / name), wanted)])
    apply(host.config(), planned, host.now)
    assert stat.S_IMODE((host.pki / name).stat().st_mode) == wanted
    assert _contents(host) == before


def test_a_tighter_mode_stays(host: t.Any) -> None:
    """Breaks a user's tighter choice at every run."""
    _make(host)
    (host.pki / "apiserver.crt").chmod(0o600)
    assert _plan(host.config(), host.now).loose == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (truncate("ca.crt"), r"ca\.crt is not a PEM certificate\. Put the right file there, or move"),
        (truncate("ca.key"), r"ca\.key is not an unencrypted PEM private key\. Put the right file there, or move"),
        (delete("ca.crt"), r"ca\.key is there but .*ca\.crt is not\. Put the right file there, or move .* away"),
        (
            copy("front-proxy-ca.key", "ca.key"),
            r"ca\.key does not belong to .*ca\.crt\. Put the right file there, or move",
        ),
        (copy("apiserver.crt", "ca.crt"), r"not the certificate of a CA.*Put the right file there, or move"),
        (delete("sa.key"), r"sa\.pub is there but sa\.key is not.*Put sa\.key back, or move"),
        (truncate("sa.key"), r"sa\.key is not an unencrypted PEM private key\. Put the right pair there, or move"),
        (copy("apiserver.key", "sa.key"), r"sa\.pub is not the public half.*or move both away"),
    ],
)
def test_what_only_the_user_can_decide_is_left_alone(host: t.Any, damage: Damage, message: str) -> None:
    """Breaks when a CA or the service accounts' key is replaced, and with it everything that trusts it."""
    _make(host)
    damage(host.pki)
    before = _contents(host)
    with pytest.raises(KubewrightError, match=message):
        _plan(host.config(), host.now)
    assert _contents(host) == before


@pytest.mark.parametrize("ca", ["ca", "front-proxy-ca", "etcd/ca"])
def test_a_run_that_was_cut_off_within_a_ca(host: t.Any, ca: str) -> None:
    """Breaks the promise that a run which was cut off is mended by the next one: a key was there, its certificate not yet."""
    _make(host)
    for path in host.pki.rglob("*.*"):
        if path != host.pki / f"{ca}.key":
            path.unlink()
    key = (host.pki / f"{ca}.key").read_bytes()
    planned = _plan(host.config(), host.now)
    assert {step.name: step.kind for step in planned.steps}[ca] == "ca_certificate"
    assert f"{ca}.key" not in written(host.config(), planned)
    apply(host.config(), planned, host.now)
    assert (host.pki / f"{ca}.key").read_bytes() == key
    assert _plan(host.config(), host.now).steps == []


@pytest.mark.parametrize("signed", ["apiserver.crt", "../admin.conf"])
def test_a_ca_whose_certificate_was_lost_is_not_made_anew(host: t.Any, signed: str) -> None:
    """Breaks a cluster whose ca.crt was deleted: a new one would be another CA to all that trusts the old."""
    (host.pki / signed).parent.mkdir(parents=True, exist_ok=True)
    host.pki.mkdir(exist_ok=True)
    (host.pki / "ca.key").write_bytes((host.sound / "ca.key").read_bytes())
    (host.pki / signed).write_bytes((host.sound / "apiserver.crt").read_bytes())
    with pytest.raises(KubewrightError, match=r"ca\.key is there but .*ca\.crt is not"):
        _plan(host.config(), host.now)


@pytest.mark.parametrize(
    ("strict", "reasons"), [(False, {}), (True, {"apiserver": "SAN api.old.example is not declared"})]
)
def test_a_name_that_is_not_declared_any_more(host: t.Any, strict: bool, reasons: dict[str, str]) -> None:
    """Breaks when a name that somebody else added is taken away unasked, or stays although the user wants it gone."""
    _make(host, host.config(apiserver_cert_sans=["api.old.example"]))
    assert _reasons(host, host.config(cert_strict_sans=strict)) == reasons


def test_an_expired_ca_is_not_replaced(host: t.Any) -> None:
    """Breaks when an ended CA is replaced without a word, or goes unnoticed."""
    _make(host)
    with pytest.raises(KubewrightError, match=r"front-proxy-ca\.crt expired at .*or move"):
        _plan(host.config(), host.now + datetime.timedelta(days=3651))


def test_all_problems_come_at_once(host: t.Any) -> None:
    """Breaks when the user learns of the second damaged file only after mending the first."""
    _make(host)
    (host.pki / "ca.crt").unlink()
    (host.pki / "sa.key").unlink()
    with pytest.raises(KubewrightError) as caught:
        _plan(host.config(), host.now)
    assert len(str(caught.value).splitlines()) == 2


def test_an_external_ca_with_all_leaves_is_accepted(host: t.Any) -> None:
    """K5.4: breaks hosts whose CA keys are elsewhere."""
    _make(host)
    for name in ("ca.key", "front-proxy-ca.key", "etcd/ca.key"):
        (host.pki / name).unlink()
    assert _reasons(host) == {}


def test_an_external_ca_names_all_that_is_missing(host: t.Any) -> None:
    """Breaks when the user of an external CA has to find out what to provide one run at a time."""
    _make(host)
    for name in ("ca.key", "apiserver.crt", "apiserver-kubelet-client.key", "apiserver-kubelet-client.crt"):
        (host.pki / name).unlink()
    with pytest.raises(KubewrightError) as caught:
        _plan(host.config(), host.now)
    text = str(caught.value)
    assert "apiserver.crt: certificate is missing" in text
    assert "apiserver-kubelet-client.crt: missing" in text
    assert "front-proxy" not in text


def test_a_new_ca_signs_its_leaves_anew(host: t.Any) -> None:
    """Breaks when leaves of a CA that was moved away stay beside the new one."""
    _make(host)
    for name in ("front-proxy-ca.crt", "front-proxy-ca.key"):
        (host.pki / name).unlink()
    assert _reasons(host) == {"front-proxy-ca": "missing", "front-proxy-client": "its CA is new"}
    _make(host)
    assert _reasons(host) == {}


def test_external_etcd_leaves_the_etcd_folder_out(host: t.Any) -> None:
    """Breaks when certificates are made for an etcd that is not ours."""
    _make(host, host.config(etcd_external={"endpoints": ["http://192.0.2.5:2379"]}))
    assert not (host.pki / "etcd").exists()


@pytest.mark.parametrize(
    ("version", "ca_start", "leaf_start", "san", "leaf_constraints"),
    [
        ("1.12.0", 0, 0, False, False),
        ("1.20.0", 0, 0, False, False),
        ("1.21.0", 0, 0, False, True),
        ("1.22.0", 0, 0, True, True),
        ("1.26.7", 0, 0, True, True),
        ("1.26.8", -300, -300, True, True),
        ("1.28.0", -300, -300, True, True),
        ("1.31.0", -300, -300, True, True),
    ],
)
def test_the_shape_of_each_minor(
    host: t.Any, version: str, ca_start: int, leaf_start: int, san: bool, leaf_constraints: bool
) -> None:
    """K5.1, D8.2: breaks validity and extensions, by which kubeadm's certificates of a minor are known."""
    _make(host, host.config(version))
    ca = _x509.load_certificate((host.pki / "ca.crt").read_bytes())
    leaf = _x509.load_certificate((host.pki / "apiserver-kubelet-client.crt").read_bytes())
    assert (ca.not_valid_before_utc - host.now).total_seconds() == ca_start
    assert (leaf.not_valid_before_utc - host.now).total_seconds() == leaf_start
    assert ca.not_valid_after_utc - host.now == datetime.timedelta(days=3650)
    assert leaf.not_valid_after_utc - host.now == datetime.timedelta(days=365)
    kinds = {type(extension.value): extension for extension in leaf.extensions}
    assert (x509.BasicConstraints in kinds) is leaf_constraints
    assert (x509.SubjectAlternativeName in {type(item.value) for item in ca.extensions}) is san
    constraints = ca.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, None)


def test_a_leafs_start_follows_an_old_ca_until_1_30(host: t.Any) -> None:
    """D8.2: breaks the start of renewed leaves: the CA's own until 1.30, five minutes ago since 1.31."""
    _make(host, host.config("1.28.0"))
    (host.pki / "apiserver.crt").unlink()
    later = host.now + datetime.timedelta(days=100)
    for version, start in (("1.28.0", host.now), ("1.31.0", later)):
        _make(host, host.config(version), now=later)
        leaf = _x509.load_certificate((host.pki / "apiserver.crt").read_bytes())
        assert leaf.not_valid_before_utc == start - datetime.timedelta(minutes=5)
        (host.pki / "apiserver.crt").unlink()


def test_the_files_that_are_written(host: t.Any) -> None:
    """Breaks what render reports, when it says something else than what it writes."""

    def inodes() -> dict[str, int]:
        return {str(path.relative_to(host.pki)): path.stat().st_ino for path in host.pki.rglob("*.*")}

    def run() -> list[str]:
        planned = _plan(host.config(), host.now)
        before = inodes()
        apply(host.config(), planned, host.now)
        found = [path for path, inode in inodes().items() if inode != before.get(path)]
        assert sorted(written(host.config(), planned)) == sorted(found)
        return sorted(found)

    assert len(run()) == 22
    (host.pki / "sa.pub").unlink()
    (host.pki / "etcd/peer.crt").unlink()
    assert run() == ["etcd/peer.crt", "etcd/peer.key", "sa.pub"]
    assert run() == []
