# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all control planes of a cluster have in common."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import shared_certs as subject

FOLDER = "/etc/kubernetes/pki"


def _host(root: pathlib.Path) -> Host:
    return Host(lambda _argv: Result(0, "", ""), str(root))


@pytest.fixture(name="files")
def fixture_files(tmp_path: pathlib.Path) -> dict[str, str]:
    """The files of a control plane, which is at C(old)."""
    host = _host(tmp_path / "old")
    texts = {name: f"-----BEGIN {name}-----\n" for name in subject.names(True)}
    for name, text in texts.items():
        host.write(f"{FOLDER}/{name}", text.encode(), 0o600)
    return texts


def test_they_are_taken_over(tmp_path: pathlib.Path, files: dict[str, str]) -> None:
    """Breaks the join: a file is missing, anybody can read a key, or each run writes them again."""
    assert subject.read(_host(tmp_path / "old"), FOLDER, True) == files
    assert len(files) == 8
    assert len(subject.names(False)) == 6
    new = _host(tmp_path / "new")
    marks = subject.digests(files)
    absent = subject.absent(new, FOLDER, marks)
    assert absent == list(files)
    subject.write(new, FOLDER, files, absent, 0o644)
    assert subject.read(new, FOLDER, True) == files
    modes = {name: (tmp_path / f"new{FOLDER}/{name}").stat().st_mode & 0o777 for name in files}
    assert modes == {name: 0o600 if name.endswith(".key") else 0o644 for name in files}
    assert subject.absent(new, FOLDER, marks) == []


def test_a_key_that_is_kept_elsewhere(tmp_path: pathlib.Path, files: dict[str, str]) -> None:
    """Breaks clusters whose CA's key is on no control plane."""
    old = _host(tmp_path / "old")
    old.remove(f"{FOLDER}/ca.key")
    found = subject.read(old, FOLDER, True)
    assert found == {name: text for name, text in files.items() if name != "ca.key"}


def test_what_is_missing(tmp_path: pathlib.Path, files: dict[str, str]) -> None:
    """Breaks the control plane that joins: it makes keys of its own, which nobody trusts."""
    old = _host(tmp_path / "old")
    old.remove(f"{FOLDER}/sa.key")
    old.remove(f"{FOLDER}/front-proxy-ca.crt")
    with pytest.raises(KubewrightError, match=r"has no front-proxy-ca\.crt, sa\.key"):
        subject.read(old, FOLDER, True)


def test_a_host_of_another_cluster(tmp_path: pathlib.Path, files: dict[str, str]) -> None:
    """Breaks the other cluster: its CA is overwritten."""
    new = _host(tmp_path / "new")
    new.write(f"{FOLDER}/ca.crt", b"another", 0o644)
    with pytest.raises(KubewrightError, match=r"ca\.crt is another one than that of the cluster"):
        subject.absent(new, FOLDER, subject.digests(files))
    # Blanks at the end are none of a certificate's.
    new.write(f"{FOLDER}/ca.crt", files["ca.crt"].encode() + b"\n", 0o644)
    assert "ca.crt" not in subject.absent(new, FOLDER, subject.digests(files))
