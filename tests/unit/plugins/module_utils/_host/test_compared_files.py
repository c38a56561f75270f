# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of the host, compared by meaning."""

from __future__ import annotations

import os
import pathlib
import stat

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import compared_files as host_files

Wanted = host_files.Wanted


@pytest.mark.parametrize(
    ("path", "one", "other", "same"),
    [
        ("a.yaml", "a: 1\nb: x\n", "# edited\nb: 'x'\na: 1\n", True),
        ("a.yml", "a: [1]\n", "a:\n- 1\n", True),
        ("a.yaml", "command:\n- a\n- b\n", "command:\n- b\n- a\n", False),
        ("a.yaml", "a: 1\n", "a: '1'\n", False),
        ("a.yaml", "hostNetwork: true\n", "hostNetwork: 1\n", False),
        ("a.yaml", "a: 1\n", "a: &x 1\n", False),
        ("kubeadm-flags.env", "A=1\n", "A=1 \n", False),
        ("kubeadm-flags.env", "A: 1\n", "A:  1\n", False),
    ],
)
def test_same_meaning(path: str, one: str, other: str, same: bool) -> None:
    """Breaks drift detection: a restart for a comment, or a real difference that nobody sees."""
    assert host_files.same_meaning(path, one, other) is same
    assert host_files.same_meaning(path, one=other, other=one) is same


@pytest.fixture
def manifests(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A manifests folder of our own."""
    folder = tmp_path / "kubernetes" / "manifests"
    monkeypatch.setattr(host_files, "MANIFESTS_DIR", str(folder))
    return folder


def test_a_file_is_written_once(manifests: pathlib.Path) -> None:
    """Breaks the first run, its modes, or the second run, which has nothing to do."""
    wanted = [Wanted(str(manifests / "etcd.yaml"), "a: 1\n", 0o600, 0o700)]
    changes = host_files.compare(wanted)
    assert [(change.before, change.only_mode) for change in changes] == [(None, False)]
    host_files.write(changes)
    path = manifests / "etcd.yaml"
    assert path.read_text(encoding="utf-8") == "a: 1\n"
    assert [stat.S_IMODE(item.stat().st_mode) for item in (path, manifests)] == [0o600, 0o700]
    assert host_files.compare(wanted) == []


def test_a_file_of_the_same_meaning_keeps_its_text_and_loses_its_loose_mode(manifests: pathlib.Path) -> None:
    """Breaks when a user's comment is lost, or a manifest with proxy passwords stays readable."""
    manifests.mkdir(parents=True)
    path = manifests / "etcd.yaml"
    path.write_text("# mine\na: 1\n", encoding="utf-8")
    path.chmod(0o644)
    changes = host_files.compare([Wanted(str(path), "a: 1\n", 0o600, 0o700)])
    assert [change.only_mode for change in changes] == [True]
    host_files.write(changes)
    assert path.read_text(encoding="utf-8") == "# mine\na: 1\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_foreign_lies_in_the_manifests_folder(manifests: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the node: the kubelet runs whatever lies there, a temporary copy too."""
    manifests.mkdir(parents=True)
    seen: set[str] = set()
    write, rename = os.write, os.rename

    def look() -> None:
        seen.update(os.listdir(manifests))

    def spy_write(descriptor: int, data: bytes) -> int:
        look()
        return write(descriptor, data)

    def spy_rename(source: str, target: str) -> None:
        look()
        rename(source, target)
        look()

    monkeypatch.setattr(os, "write", spy_write)
    monkeypatch.setattr(os, "rename", spy_rename)
    wanted = [Wanted(str(manifests / name), "a: 2\n", 0o600, 0o700) for name in ("etcd.yaml", "kube-apiserver.yaml")]
    host_files.write(host_files.compare(wanted))
    assert seen == {"etcd.yaml", "kube-apiserver.yaml"}
    assert os.listdir(manifests.parent) == ["manifests"]


def test_the_diff_comes_from_the_same_comparison(manifests: pathlib.Path) -> None:
    """Breaks when changed says yes and the diff is empty, or the other way round."""
    manifests.mkdir(parents=True)
    (manifests / "b.yaml").write_text("a: 1\n", encoding="utf-8")
    (manifests / "c.yaml").write_text("a: 1\n", encoding="utf-8")
    (manifests / "c.yaml").chmod(0o666)
    wanted = [Wanted(str(manifests / name), "a: 2\n", 0o600, 0o700) for name in ("a.yaml", "b.yaml")]
    wanted.append(Wanted(str(manifests / "c.yaml"), "a: 1\n", 0o600, 0o700))
    shown = host_files.diff(host_files.compare(wanted))
    assert [(item["before"], item["after"]) for item in shown] == [
        ("", "a: 2\n"),
        ("a: 1\n", "a: 2\n"),
        ("a looser mode or another owner\n", "mode 0600\n"),
    ]
    assert shown[0]["before_header"].endswith("a.yaml (absent)")


@pytest.mark.parametrize(
    "credentials",
    ["user:secret", "user:se:cret", "user:s%40cret", "user:p@secret", "secret", "user:"],
)
def test_passwords_of_urls_are_not_shown(credentials: str) -> None:
    """Breaks when a proxy's password or token reaches the output by way of a manifest's diff."""
    text = host_files.redacted("value: http://%s@proxy.example:3128/x\nother: a@b\n" % credentials)
    assert "cret" not in text
    assert "@proxy.example:3128/x\nother: a@b\n" in text


def test_urls_without_credentials_stay(manifests: pathlib.Path) -> None:
    """Breaks the diff of etcd's URLs."""
    text = "- --etcd-servers=https://192.0.2.1:2379,https://[::1]:2379\nmail: a@b\n"
    assert host_files.redacted(text) == text
