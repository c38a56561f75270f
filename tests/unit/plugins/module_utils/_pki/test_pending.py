# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that wait for their certificates: where they lie, who may read them, and when they go."""

from __future__ import annotations

import pathlib
import stat

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import pending
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509

ALGORITHM = "ECDSA-P256"
NAMES = ["apiserver", "etcd/server", "kubelet.conf", "users/ja%2Fne"]


def _folder(root: pathlib.Path) -> pathlib.Path:
    return pathlib.Path(f"{root}{pending.PENDING_DIR}")


def _save(root: pathlib.Path, *names: str) -> dict[str, _x509.PrivateKey]:
    keys = {name: _x509.generate_key(ALGORITHM) for name in names}
    for name, key in keys.items():
        pending.save_pending(str(root), name, key)
    return keys


def test_a_key_is_found_again_and_is_roots_alone(tmp_path: pathlib.Path) -> None:
    """Breaks when a key is lost between two runs, or somebody else than root can read it or its folder."""
    keys = _save(tmp_path, *NAMES)
    for name, key in keys.items():
        loaded = pending.load_pending(str(tmp_path), name, ALGORITHM)
        assert loaded is not None
        assert _x509.key_pem(loaded) == _x509.key_pem(key)
    paths = [_folder(tmp_path), *_folder(tmp_path).rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}
    assert pending.pending_names(str(tmp_path)) == sorted(NAMES)


def test_nothing_waits_on_a_blank_host(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback on every host that never had a request."""
    assert pending.pending_names(str(tmp_path)) == []
    assert pending.load_pending(str(tmp_path), "apiserver", ALGORITHM) is None
    pending.forget_pending(str(tmp_path), NAMES)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\x00"])
def test_a_damaged_key_counts_as_none(tmp_path: pathlib.Path, content: bytes) -> None:
    """Breaks when one damaged file stops every run, though a new request mends it."""
    _save(tmp_path, "apiserver")
    (_folder(tmp_path) / "apiserver.key").write_bytes(content)
    assert pending.load_pending(str(tmp_path), "apiserver", ALGORITHM) is None


def test_a_key_of_another_algorithm_counts_as_none(tmp_path: pathlib.Path) -> None:
    """Breaks a change of the algorithm: the certificate would be refused for its kind of key, again and again."""
    _save(tmp_path, "apiserver")
    assert pending.load_pending(str(tmp_path), "apiserver", "RSA-2048") is None


def test_a_folder_in_place_of_a_key_is_named(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback where something else lies at the path."""
    (_folder(tmp_path) / "apiserver.key").mkdir(parents=True)
    with pytest.raises(KubewrightError, match=r"apiserver\.key cannot be read"):
        pending.load_pending(str(tmp_path), "apiserver", ALGORITHM)
    with pytest.raises(KubewrightError, match=r"apiserver\.key cannot be removed"):
        pending.forget_pending(str(tmp_path), ["apiserver"])


def test_what_still_waits_stays(tmp_path: pathlib.Path) -> None:
    """Breaks when a key goes whose certificate is on its way, or the empty folders stay."""
    _save(tmp_path, *NAMES)
    pending.forget_pending(str(tmp_path), ["etcd/server", "kubelet.conf", "never-asked-for"])
    assert pending.pending_names(str(tmp_path)) == ["apiserver", "users/ja%2Fne"]
    assert not (_folder(tmp_path) / "etcd").exists()
    pending.forget_pending(str(tmp_path), ["apiserver", "users/ja%2Fne"])
    assert not _folder(tmp_path).exists()
    assert _folder(tmp_path).parent.is_dir()
