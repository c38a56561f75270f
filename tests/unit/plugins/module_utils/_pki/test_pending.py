# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that wait for their certificates: where they lie, who may read them, and when they go."""

from __future__ import annotations

import datetime
import pathlib
import stat
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import pending
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read

ALGORITHM = "ECDSA-P256"
NAMES = ["apiserver", "etcd/server", "kubelet.conf", "users/ja%2Fne"]


def _folder(root: pathlib.Path) -> pathlib.Path:
    return pathlib.Path(f"{root}{pending.PENDING_DIR}")


def _host(root: pathlib.Path) -> Host:
    return Host(lambda _argv: Result(127, "", ""), str(root))


def _save(root: pathlib.Path, *names: str) -> dict[str, _x509.PrivateKey]:
    keys = {name: _x509.generate_key(ALGORITHM) for name in names}
    for name, key in keys.items():
        pending.save_pending(_host(root), name, _x509.key_pem(key))
    return keys


def _found(root: pathlib.Path) -> t.Any:
    return read(_host(root), {}, datetime.datetime.now(datetime.timezone.utc))["pending"]


def test_a_key_is_found_again_and_is_roots_alone(tmp_path: pathlib.Path) -> None:
    """Breaks when a key is lost between two runs, or somebody else than root can read it or its folder."""
    keys = _save(tmp_path, *NAMES)
    public = {name: _x509.public_key_pem(key).decode() for name, key in keys.items()}
    assert _found(tmp_path) == {name: {"public": public[name], "algorithm": ALGORITHM} for name in NAMES}
    paths = [_folder(tmp_path), *_folder(tmp_path).rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}
    assert pending.pending_names(_host(tmp_path)) == sorted(NAMES)


def test_nothing_waits_on_a_blank_host(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback on every host that never had a request."""
    assert pending.pending_names(_host(tmp_path)) == []
    pending.forget_pending(_host(tmp_path), NAMES)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\x00"])
def test_a_damaged_key_counts_as_none(tmp_path: pathlib.Path, content: bytes) -> None:
    """Breaks when one damaged file stops every run, though a new request mends it."""
    _save(tmp_path, "apiserver")
    (_folder(tmp_path) / "apiserver.key").write_bytes(content)
    assert _found(tmp_path) == {"apiserver": None}


def test_a_folder_in_place_of_a_key_is_named(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback where something else lies at the path."""
    (_folder(tmp_path) / "apiserver.key").mkdir(parents=True)
    with pytest.raises(KubewrightError, match=r"apiserver\.key cannot be (read|written)"):
        pending.save_pending(_host(tmp_path), "apiserver", b"key")
    with pytest.raises(KubewrightError, match=r"apiserver\.key cannot be removed"):
        pending.forget_pending(_host(tmp_path), ["apiserver"])


def test_what_still_waits_stays(tmp_path: pathlib.Path) -> None:
    """Breaks when a key goes whose certificate is on its way, or the empty folders stay."""
    _save(tmp_path, *NAMES)
    pending.forget_pending(_host(tmp_path), ["etcd/server", "kubelet.conf", "never-asked-for"])
    assert pending.pending_names(_host(tmp_path)) == ["apiserver", "users/ja%2Fne"]
    assert not (_folder(tmp_path) / "etcd").exists()
    pending.forget_pending(_host(tmp_path), ["apiserver", "users/ja%2Fne"])
    assert not _folder(tmp_path).exists()
    assert _folder(tmp_path).parent.is_dir()
