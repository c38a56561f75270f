# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access to files."""

from __future__ import annotations

import os
import pathlib
import stat

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files


def _mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_write_and_read(tmp_path: pathlib.Path) -> None:
    """Breaks content, mode, or leaves a temporary file behind."""
    path = tmp_path / "x"
    files.write_file(str(path), b"one", 0o640)
    files.write_file(str(path), b"two", 0o600)
    state = files.read_file(str(path))
    assert state is not None
    assert (state.content, state.mode) == (b"two", 0o600)
    assert [item.name for item in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_the_mode_is_final_before_the_first_byte(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    """Breaks when a secret lies readable for a moment, or the umask decides."""
    seen = []
    write = os.write

    def spy(descriptor: int, data: bytes) -> int:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", spy)
    old = os.umask(0o077)
    try:
        files.write_file(str(tmp_path / "x"), b"secret", mode)
    finally:
        os.umask(old)
    assert set(seen) == {mode}


def test_a_failed_write_leaves_the_old_content_and_nothing_else(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when a full disk truncates a file or leaves half of one."""
    path = tmp_path / "x"
    files.write_file(str(path), b"old", 0o600)

    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(KubewrightError, match=r"No space left on device. Free space"):
        files.write_file(str(path), b"new", 0o600)
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["x"]


def test_the_temporary_file_lies_where_it_is_told_to(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the promise that nothing foreign lies in the manifests folder."""
    target, staging = tmp_path / "manifests", tmp_path / "staging"
    target.mkdir()
    staging.mkdir()
    seen = []
    write = os.write

    def spy(descriptor: int, data: bytes) -> int:
        seen.append((os.listdir(target), [name[0] for name in os.listdir(staging)]))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", spy)
    files.write_file(str(target / "x.yaml"), b"a", 0o600, str(staging))
    assert seen == [([], ["."])]
    assert (os.listdir(target), os.listdir(staging)) == (["x.yaml"], [])


def test_absent_and_unreadable(tmp_path: pathlib.Path) -> None:
    """Breaks when a missing file is an error, or a folder in its place a traceback."""
    assert files.read_file(str(tmp_path / "x")) is None
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert files.read_file(str(tmp_path / "file" / "below")) is None
    with pytest.raises(KubewrightError, match="cannot be read"):
        files.read_file(str(tmp_path))


@pytest.mark.parametrize(
    ("mode", "loose"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o700, True)]
)
def test_loosened(tmp_path: pathlib.Path, mode: int, loose: bool) -> None:
    """Breaks when a looser mode passes, or a tighter one is changed back at every run."""
    state = files.FileState(b"", mode, os.geteuid(), os.getegid())
    assert files.loosened(state, 0o600) is loose


def test_tighten(tmp_path: pathlib.Path) -> None:
    """Breaks the repair of a mode."""
    path = tmp_path / "x"
    path.write_text("x", encoding="utf-8")
    path.chmod(0o666)
    files.tighten_file(str(path), 0o600)
    assert _mode(path) == 0o600
    with pytest.raises(KubewrightError, match=r"mode of .* cannot be set"):
        files.tighten_file(str(tmp_path / "none"), 0o600)


def test_ensure_directory(tmp_path: pathlib.Path) -> None:
    """K0.2: breaks the modes of folders: the last one as wanted, missing parents 0755, present ones untouched."""
    (tmp_path / "there").mkdir(mode=0o711)
    (tmp_path / "there").chmod(0o711)
    files.ensure_directory(str(tmp_path / "there"), 0o700)
    files.ensure_directory(str(tmp_path / "a" / "b"), 0o700)
    assert [_mode(tmp_path / name) for name in ("there", "a", "a/b")] == [0o711, 0o755, 0o700]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(KubewrightError, match="Name another path, or move it away"):
        files.ensure_directory(str(tmp_path / "file"), 0o700)


def test_what_a_killed_process_left_goes(tmp_path: pathlib.Path) -> None:
    """Breaks a host after SIGKILL or a reboot: a key in a temporary file that nobody removes; that of a living one stays."""
    left = [tmp_path / f".admin.conf.{pid}.0123abcd.kubewright" for pid in (os.getpid(), 4194305, 999999999)]
    others = [
        tmp_path / f".admin.conf.{os.getppid()}.0123abcd.kubewright",
        tmp_path / ".other.conf.4194305.0123abcd.kubewright",
    ]
    for path in [*left, *others]:
        path.write_text("half of it")
        path.chmod(0o644)
    others.append(tmp_path / ".admin.conf.4194306.0123abcd.kubewright")
    others[-1].mkdir()
    files.write_file(str(tmp_path / "admin.conf"), b"whole", 0o600)
    assert set(tmp_path.iterdir()) == {tmp_path / "admin.conf", *others}
    assert (tmp_path / "admin.conf").read_bytes() == b"whole"
    assert stat.S_IMODE((tmp_path / "admin.conf").stat().st_mode) == 0o600


def test_only_regular_files_of_some_size_are_read(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks a run that hangs at a FIFO, takes all memory of a file without end, or passes a device."""
    os.mkfifo(tmp_path / "fifo")
    for path in (str(tmp_path / "fifo"), "/dev/zero", "/dev/null"):
        with pytest.raises(KubewrightError, match="it is no regular file"):
            files.read_file(path)
        with pytest.raises(KubewrightError, match="it is no regular file"):
            files.tighten_file(path, 0o600)
    monkeypatch.setattr(files, "LARGEST", 2**20)
    (tmp_path / "large").write_bytes(b"x" * 2**20)
    assert files.read_file(str(tmp_path / "large")) is not None
    (tmp_path / "large").write_bytes(b"x" * (2**20 + 1))
    with pytest.raises(KubewrightError, match="more than 1 MiB"):
        files.read_file(str(tmp_path / "large"))


@pytest.mark.parametrize("path", ["/etc/a\0b", "/etc/a\ud800b"])
def test_paths_that_no_file_can_have(path: str) -> None:
    """Breaks with a traceback."""
    for operation in (files.read_file, files.remove_file, lambda name: files.write_file(name, b"", 0o600)):
        with pytest.raises(KubewrightError, match="no path can hold"):
            operation(path)


def test_another_name_of_a_file_keeps_its_mode(tmp_path: pathlib.Path) -> None:
    """Breaks when a hard link in somebody's folder lets root change a file elsewhere."""
    (tmp_path / "shadow").write_text("x")
    (tmp_path / "shadow").chmod(0o640)
    os.link(tmp_path / "shadow", tmp_path / "admin.conf")
    with pytest.raises(KubewrightError, match="it has other names too"):
        files.tighten_file(str(tmp_path / "admin.conf"), 0o600)
    assert _mode(tmp_path / "shadow") == 0o640


def test_remove(tmp_path: pathlib.Path) -> None:
    """Breaks with a traceback where the file is gone already, or something else lies there."""
    (tmp_path / "file").write_text("")
    for _attempt in range(2):
        files.remove_file(str(tmp_path / "file"))
        assert not (tmp_path / "file").exists()
    files.remove_file(str(tmp_path / "absent/file"))
    with pytest.raises(KubewrightError, match="cannot be removed"):
        files.remove_file(str(tmp_path))


def test_set_modified(tmp_path: pathlib.Path) -> None:
    """Breaks what is put back: a process that runs by it would seem to be older than it."""
    path = tmp_path / "a"
    path.write_bytes(b"x")
    files.set_modified(str(path), 1234.5)
    assert path.stat().st_mtime == 1234.5
    with pytest.raises(KubewrightError, match=r"the time of .*/b cannot be set: No such file"):
        files.set_modified(str(tmp_path / "b"), 1.0)
