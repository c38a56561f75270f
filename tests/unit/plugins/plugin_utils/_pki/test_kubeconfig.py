# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubeconfig files: comparison and plan."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import stat
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import kubeconfig_text as _kubeconfig_text
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import (
    CLIENT,
    Certificate,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import referring
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import kubeconfig_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import kubeconfig_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import profile_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import reference
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.report import entries
from credentials_made import KUBECONFIGS, apply, authority, finalized_text, make, plan

NAMES = ["admin.conf", "super-admin.conf", "kubelet.conf", "controller-manager.conf", "scheduler.conf"]
SERVER = "https://192.0.2.10:6443"


def _reasons(host: t.Any, config: Config | None = None, now: datetime.datetime | None = None) -> dict[str, str]:
    planned: t.Any = plan(config or host.config(), now or host.now, KUBECONFIGS)
    return {pathlib.Path(step.kubeconfig.path).name: step.reason for step in planned.steps}


def _make(host: t.Any, config: Config | None = None) -> None:
    if not host.pki.exists():
        shutil.copytree(host.sound, host.pki)
    make(config or host.config(), host.now, KUBECONFIGS)


def test_all_are_written_once(host: t.Any) -> None:
    """Breaks when a file is missing or readable by others, or a second run finds something to do."""
    _make(host)
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in host.kubernetes.glob("*.conf")}
    assert files == dict.fromkeys(NAMES, 0o600)
    assert _reasons(host) == {}


def test_content(host: t.Any) -> None:
    """K6: breaks the file for kubectl and kubeadm: one cluster, one user, one context, embedded credentials."""
    _make(host, host.config("1.31.0", cluster_name="prod"))
    document = yaml.safe_load((host.kubernetes / "admin.conf").read_text(encoding="utf-8"))
    user = document["users"][0].pop("user")
    cluster = document["clusters"][0].pop("cluster")
    assert document == {
        "apiVersion": "v1",
        "clusters": [{"name": "prod"}],
        "contexts": [{"context": {"cluster": "prod", "user": "kubernetes-admin"}, "name": "kubernetes-admin@prod"}],
        "current-context": "kubernetes-admin@prod",
        "kind": "Config",
        "preferences": {},
        "users": [{"name": "kubernetes-admin"}],
    }
    assert cluster["server"] == SERVER
    assert _kubeconfig_text.decode_data(cluster["certificate-authority-data"]) == (host.pki / "ca.crt").read_bytes()
    certificate = _x509.load_certificate(_kubeconfig_text.decode_data(user["client-certificate-data"]) or b"")
    key = _x509.load_key(_kubeconfig_text.decode_data(user["client-key-data"]) or b"")
    assert _x509.key_matches(certificate, key)
    assert certificate.subject.rfc4514_string() == "CN=kubernetes-admin,O=kubeadm:cluster-admins"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (SERVER, "https://192.0.2.99:6443", "server is https://192.0.2.99:6443"),
        ("current-context: ", "other: ", "is not a kubeconfig with a usable current context"),
        ("client-key-data: ", "client-key-data: x", "its client certificate or key is unreadable"),
        ("certificate-authority-data: ", "certificate-authority-data: x", "its CA is unreadable"),
    ],
)
def test_each_damage_is_named_and_only_that_file_is_mended(host: t.Any, old: str, new: str, reason: str) -> None:
    """Breaks when a damaged kubeconfig is taken as sound, or all are written anew for one."""
    _make(host)
    path = host.kubernetes / "scheduler.conf"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert _reasons(host) == {"scheduler.conf": reason}
    _make(host)
    assert _reasons(host) == {}


def test_other_subject_minor_and_end(host: t.Any) -> None:
    """Breaks the upgrade to 1.29 (the administrator's group), the new super-admin.conf and renewal."""
    _make(host, host.config("1.28.0"))
    assert _reasons(host, host.config("1.29.0")) == {
        "admin.conf": "organization is system:masters",
        "super-admin.conf": "missing",
    }
    ended = _reasons(host, host.config("1.28.0"), host.now + datetime.timedelta(days=366))
    assert all(reason.startswith("ended at ") for reason in ended.values())
    assert len(ended) == 4


def test_a_foreign_ca_is_noticed(host: t.Any) -> None:
    """Breaks kubeconfigs that still trust a CA which was replaced."""
    _make(host)
    for end in ("crt", "key"):
        (host.pki / ("front-proxy-ca." + end)).replace(host.pki / ("ca." + end))
    assert set(_reasons(host).values()) == {"its CA is not the present one"}


def test_a_loose_mode_is_tightened_without_a_new_key(host: t.Any) -> None:
    """Breaks when admin.conf stays readable, or gets a new key only for its mode."""
    _make(host)
    path = host.kubernetes / "admin.conf"
    before = path.read_bytes()
    path.chmod(0o644)
    assert (_reasons(host), plan(host.config(), host.now, KUBECONFIGS).loose) == ({}, [(str(path), 0o600)])
    _make(host)
    assert (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) == (0o600, before)


@pytest.mark.parametrize(
    ("arguments", "rotated"),
    [
        ({}, "/var/lib/kubelet/pki/kubelet-client-current.pem"),
        ({"cert-dir": "/srv/kubelet"}, "/srv/kubelet/kubelet-client-current.pem"),
    ],
)
def test_the_kubeconfig_that_refers_to_the_rotated_certificate(
    host: t.Any, arguments: dict[str, str], rotated: str
) -> None:
    """Breaks when the kubelet is sent to a certificate that it does not keep there."""
    _make(host)
    path = host.kubernetes / "kubelet.conf"
    config = host.config("1.31.0", kubelet_extra_args=arguments)
    text = finalized_text(path.read_text(encoding="utf-8"), config)
    document = yaml.safe_load(text)
    assert document["users"][0]["user"] == {"client-certificate": rotated, "client-key": rotated}
    again = kubeconfig_of(kubeconfig_facts(text.encode()))
    assert referring(again.server, again.ca_data, again.refers, reference(config)) is None


def _rotate(host: t.Any, days: int) -> tuple[Config, pathlib.Path]:
    """A kubelet.conf that refers to a rotated certificate, valid for so many days."""
    _make(host)
    folder = host.kubernetes / "kubelet"
    folder.mkdir()
    config = host.config("1.31.0", kubelet_extra_args={"cert-dir": str(folder)})
    path = host.kubernetes / "kubelet.conf"
    text = path.read_text(encoding="utf-8")
    path.write_text(finalized_text(text, config), encoding="utf-8")
    ca = authority(host.pki, "ca")
    key = _x509.generate_key("RSA-2048")
    wanted = Certificate("", "ca", "system:node:cp1", ("system:nodes",), (CLIENT,), validity_seconds=days * 86400.0)
    certificate = _x509.issue(wanted, ca, profile_of(config), host.now, key.public_key())
    pem = _x509.certificate_pem(certificate) + _x509.key_pem(key)
    (folder / "kubelet-client-2026.pem").write_bytes(pem)
    (folder / "kubelet-client-current.pem").symlink_to("kubelet-client-2026.pem")
    return config, folder / "kubelet-client-current.pem"


def test_the_rotated_certificate_is_left_to_the_kubelet(host: t.Any) -> None:
    """Breaks the kubelet when its kubeconfig goes back to the embedded certificate at the next run, or soon before its end."""
    config, _pem = _rotate(host, 2)
    assert _reasons(host, config) == {}
    later = host.now + datetime.timedelta(days=1, hours=23)
    assert "kubelet.conf" not in _reasons(host, config, later)


@pytest.mark.parametrize(("hours", "reason"), [(31, None), (33, "ends at"), (49, "ended at")])
def test_a_short_validity_is_renewed_in_its_last_third(host: t.Any, hours: int, reason: str | None) -> None:
    """Breaks a person's kubeconfig: with the threshold of all leaves it would be made anew at every run, or not in time."""
    jane = {
        "name": "jane",
        "groups": [],
        "validity": "48h",
        "location": "host",
        "path": str(host.kubernetes / "jane.conf"),
    }
    config = host.config(kubeconfigs=[jane])
    _make(host, config)
    later = host.now + datetime.timedelta(hours=hours)
    found: t.Any = plan(config, later, KUBECONFIGS, before=30 * 86400.0)
    reasons = {step.kubeconfig.name: step.reason for step in found.steps}
    assert reasons.get("users/jane", "none").startswith(reason or "none")
    entry = next(item for item in entries(config, folder_facts(config, "", later)) if item.path == jane["path"])
    assert entry.status == ("ok" if reason is None else "due" if hours < 48 else "expired")


def test_where_nobody_signs_the_rotated_certificate_is_renewed(host: t.Any) -> None:
    """Breaks a kubelet after a year where the CA's key is elsewhere: what it asks for is never signed."""
    config, pem = _rotate(host, 20)
    config.node["external_ca"] = True
    found: t.Any = plan(config, host.now, KUBECONFIGS, before=30 * 86400.0)
    assert [(step.kubeconfig.name, step.due) for step in found.steps] == [("kubelet.conf", True)]
    assert ": ends at" in found.steps[0].reason
    apply(config, found, host.now)
    # The kubelet takes the certificate of its kubeconfig where it has none of its own.
    assert not pem.is_symlink()
    assert "client-key-data" in (host.kubernetes / "kubelet.conf").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "days", "reason"),
    [
        (pathlib.Path.unlink, 0, "which is missing"),
        (lambda pem: pem.write_bytes(b"nonsense"), 0, "is not a PEM certificate"),
        (
            lambda pem: pem.write_bytes(pem.read_bytes().split(b"-----BEGIN EC")[0].split(b"-----BEGIN RSA")[0]),
            0,
            "private key",
        ),
        (lambda pem: pem.write_bytes(pem.read_bytes()[:-90]), 0, "private key"),
        (lambda pem: None, 3, "kubelet-client-current.pem: ended at"),
    ],
)
def test_a_kubelet_whose_rotated_certificate_is_dead_gets_a_new_one(
    host: t.Any, damage: t.Callable[[pathlib.Path], None], days: int, reason: str
) -> None:
    """Breaks a cluster that was off for long: its kubelets would have to be given new certificates by hand."""
    config, pem = _rotate(host, 2)
    damage(pem)
    now = host.now + datetime.timedelta(days=days)
    assert reason in _reasons(host, config, now)["kubelet.conf"]
    make(config, now, KUBECONFIGS)
    assert "client-key-data" in (host.kubernetes / "kubelet.conf").read_text(encoding="utf-8")
    assert not pem.is_symlink()
    assert _reasons(host, config, now) == {}


def test_the_rotated_certificate_of_another_node(host: t.Any) -> None:
    """Breaks a host that was renamed or copied: the API server takes its kubelet for another one's."""
    config, _pem = _rotate(host, 2)
    renamed = Config(
        dict(
            config.data,
            InitConfiguration=dict(config.init, nodeRegistration=dict(config.init["nodeRegistration"], name="cp2")),
        )
    )
    assert "common name is system:node:cp1" in _reasons(host, renamed)["kubelet.conf"]


def test_without_the_cas_key_the_missing_files_are_named(host: t.Any) -> None:
    """K5.4: breaks when the user of an external CA is not told which kubeconfigs to provide."""
    shutil.copytree(host.sound, host.pki)
    (host.pki / "ca.key").unlink()
    with pytest.raises(KubewrightError) as caught:
        plan(host.config(), host.now, KUBECONFIGS)
    assert all("%s: missing" % name in str(caught.value) for name in NAMES)


def test_without_a_ca_nothing_is_written(host: t.Any) -> None:
    """Breaks the message of a phase that runs too early; check mode on a blank host plans all files."""
    assert _reasons(host) == dict.fromkeys(NAMES, "missing")
    with pytest.raises(KubewrightError, match=r"ca\.crt is not there: run the certs phase first"):
        make(host.config(), host.now, KUBECONFIGS)


@pytest.mark.parametrize(("version", "written"), [("1.33.0", True), ("1.34.0", False)])
def test_preferences(host: t.Any, version: str, written: bool) -> None:
    """Breaks the comparison with kubeadm, whose kubeconfigs since 1.34 say nothing of preferences that there are not."""
    _make(host, host.config(version))
    for path in host.kubernetes.glob("*.conf"):
        assert ("\npreferences: {}\n" in path.read_text(encoding="utf-8")) is written, path.name


def test_a_kubeconfig_of_an_older_minor_stays(host: t.Any) -> None:
    """Breaks when the first run after the step to 1.34 writes every kubeconfig anew for want of preferences."""
    _make(host, host.config("1.33.0"))
    assert _reasons(host, host.config("1.34.0")) == {}
