# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of certificates, keys and kubeconfigs on a host; another implementation of X.509 says the same."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import pathlib
import shutil
import subprocess
import typing as t

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import kubeconfig_text
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import kubeconfig_facts, read

NOW = datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.timezone.utc)
KUBECONFIG, PKI = "/etc/kubernetes/admin.conf", "/etc/kubernetes/pki"
ASKED: dict[str, list[str]] = {
    "certificates": [f"{PKI}/ca.crt", f"{PKI}/absent.crt"],
    "keys": [f"{PKI}/ca.key", f"{PKI}/absent.key"],
    "public_keys": [f"{PKI}/sa.pub"],
    "kubeconfigs": [KUBECONFIG],
}
SERVER = "https://192.0.2.10:6443"


def _openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True).stdout


def _kubeconfig(folder: pathlib.Path) -> str:
    """One whose client certificate is the one of the API server to the kubelets."""
    user = {
        f"client-{field}-data": base64.b64encode((folder / f"apiserver-kubelet-client.{end}").read_bytes()).decode()
        for field, end in (("certificate", "crt"), ("key", "key"))
    }
    return kubeconfig_text("kubernetes", "admin", SERVER, (folder / "ca.crt").read_bytes(), user, preferences=True)


@pytest.fixture
def root(tmp_path: pathlib.Path, sound: pathlib.Path) -> pathlib.Path:
    """A folder that stands for the host's root."""
    shutil.copytree(sound, tmp_path / PKI[1:])
    (tmp_path / KUBECONFIG[1:]).write_text(_kubeconfig(sound), encoding="ascii")
    return tmp_path


def _read(root: pathlib.Path, asked: t.Mapping[str, t.Sequence[str]] | None = None) -> dict[str, t.Any]:
    facts = read(Host(lambda _argv: Result(127, "", ""), str(root)), ASKED if asked is None else asked, NOW)
    # It goes to the controller, and must not take a key there.
    text = json.dumps(facts)
    assert "PRIVATE KEY" not in text
    return t.cast("dict[str, t.Any]", json.loads(text))


def test_what_openssl_says_as_well(root: pathlib.Path) -> None:
    """Breaks every plan: a public half or a certificate is told as another one than lies there."""
    pki, facts = root / PKI[1:], _read(root)
    assert facts["certificates"] == {f"{PKI}/ca.crt": {"pem": (pki / "ca.crt").read_text()}}
    public = _openssl("pkey", "-in", str(pki / "ca.key"), "-pubout")
    assert facts["keys"] == {f"{PKI}/ca.key": {"public": public, "algorithm": "ECDSA-P256"}}
    service_accounts = _openssl("pkey", "-in", str(pki / "sa.key"), "-pubout")
    assert facts["public_keys"] == {f"{PKI}/sa.pub": {"public": service_accounts}}


def test_files(root: pathlib.Path) -> None:
    """Breaks when a file that was changed meanwhile is overwritten, or a readable key is not seen."""
    (root / PKI[1:] / "ca.key").chmod(0o644)
    files = _read(root)["files"]
    content = (root / PKI[1:] / "ca.key").read_bytes()
    assert files[f"{PKI}/ca.key"] == {
        "digest": hashlib.sha256(content).hexdigest(),
        "mode": 0o644,
        "is_roots": (root / PKI[1:] / "ca.key").stat().st_uid == 0,
    }
    assert files[f"{PKI}/absent.crt"] is None
    assert set(files) == {path for paths in ASKED.values() for path in paths}


def test_a_kubeconfig(root: pathlib.Path, sound: pathlib.Path) -> None:
    """Breaks when a kubeconfig of another server, CA or client passes, or its key travels."""
    found = _read(root)["kubeconfigs"][KUBECONFIG]
    assert (found["server"], found["problem"], found["refers"], found["more"]) == (SERVER, "", None, False)
    assert found["ca"] == (sound / "ca.crt").read_text()
    assert base64.b64decode(found["ca_data"]) == (sound / "ca.crt").read_bytes()
    assert found["client"]["certificate"] == (sound / "apiserver-kubelet-client.crt").read_text()
    assert found["client"]["key"]["public"] == _openssl(
        "pkey", "-in", str(sound / "apiserver-kubelet-client.key"), "-pubout"
    )


def test_the_parts_of_a_kubeconfig_that_cannot_be_read(sound: pathlib.Path) -> None:
    """Breaks when a kubeconfig that refers to files, or trusts nonsense, ends the run or passes for a whole one."""
    user = {"client-certificate": "/var/lib/kubelet/pki/kubelet-client-current.pem"}
    text = kubeconfig_text("kubernetes", "admin", SERVER, b"nonsense", user, preferences=True)
    found = kubeconfig_facts(text.encode())
    assert (found["ca"], found["refers"]) == (None, user["client-certificate"])
    assert found["client"] == {"problem": "its client certificate or key is unreadable"}
    several = _kubeconfig(sound).replace("users:\n", "users:\n- name: other\n  user: {}\n")
    assert kubeconfig_facts(several.encode())["more"]


@pytest.mark.parametrize(("content", "blank"), [(b"", True), (b" \n", True), (b"a: b\n", False), (b"\xff", False)])
def test_what_is_no_kubeconfig(content: bytes, blank: bool) -> None:
    """Breaks when a file of somebody's own counts as blank, and is overwritten."""
    found = kubeconfig_facts(content)
    assert (found["blank"], bool(found["problem"])) == (blank, True)


def test_a_problem_names_the_path_of_the_host(root: pathlib.Path) -> None:
    """Breaks messages: a folder in place of a key is named by its path on the host, whatever stands for its root."""
    key = root / PKI[1:] / "ca.key"
    key.unlink()
    key.mkdir()
    facts = _read(root)
    problem = facts["files"][f"{PKI}/ca.key"]["problem"]
    assert f"{PKI}/ca.key" in problem
    assert str(root) not in problem
    assert f"{PKI}/ca.key" not in facts["keys"]
    (root / PKI[1:] / "ca.crt").write_text("nonsense")
    assert _read(root)["certificates"][f"{PKI}/ca.crt"] == {"problem": f"{PKI}/ca.crt is not a PEM certificate"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(ASKED)), place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_no_damage_raises(root: pathlib.Path, kind: str, place: float, byte: int) -> None:
    """Breaks when one damaged byte ends the run before anybody is told which file it is in."""
    path = root / ASKED[kind][0][1:]
    content = path.read_bytes()
    try:
        damaged = bytearray(content)
        damaged[int(place * len(content))] = byte
        path.write_bytes(damaged)
        found = _read(root)[kind][ASKED[kind][0]]
        assert found
    finally:
        path.write_bytes(content)
