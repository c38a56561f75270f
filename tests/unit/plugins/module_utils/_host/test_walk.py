# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where paths lead in folders that belong to somebody without rights. The tests of other owners need root, as CI has it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import stat
import subprocess
import threading
import typing as t

import own_process
import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files, walk

SOMEBODY = 65534


class Home(t.NamedTuple):
    """home: a folder of somebody's. secret: a file of root's that lies elsewhere, in the folder elsewhere."""

    home: pathlib.Path
    elsewhere: pathlib.Path
    secret: pathlib.Path


@pytest.fixture
def place(tmp_path: pathlib.Path) -> Home:
    """Somebody's folder and what is root's."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    secret = elsewhere / "config"
    secret.write_text("root's")
    secret.chmod(0o640)
    os.chown(home, SOMEBODY, SOMEBODY)
    return Home(home, elsewhere, secret)


def _link(path: pathlib.Path, target: pathlib.Path | str, uid: int = SOMEBODY) -> None:
    path.symlink_to(target)
    os.lchown(path, uid, uid)


def _all_operations(path: pathlib.Path) -> dict[str, t.Callable[[], object]]:
    return {
        "read": lambda: files.read_file(str(path)),
        "write": lambda: files.write_file(str(path), b"new", 0o600),
        "write by way of": lambda: files.write_file(str(path.parent.parent / "x"), b"new", 0o600, str(path.parent)),
        "tighten": lambda: files.tighten_file(str(path), 0o600),
        "remove": lambda: files.remove_file(str(path)),
        "make": lambda: files.ensure_directory(str(path), 0o700),
        "make below": lambda: files.ensure_directory(str(path / "a" / "b"), 0o700),
    }


def _untouched(place: Home) -> bool:
    status = place.secret.stat()
    return (
        place.secret.read_text() == "root's"
        and (status.st_mode & 0o777, status.st_uid) == (0o640, 0)
        and os.listdir(place.elsewhere) == ["config"]
    )


@pytest.mark.parametrize("operation", sorted(_all_operations(pathlib.Path("/a/b"))))
def test_a_folder_that_somebody_has_linked_elsewhere(place: Home, operation: str) -> None:
    """Breaks when a link in somebody's home leads root's write, chmod, chown, unlink or mkdir to another place."""
    _link(place.home / ".kube", place.elsewhere)
    with pytest.raises(KubewrightError, match=r"symbolic link there .*'.kube'.* is not root's.*Put a file"):
        _all_operations(place.home / ".kube" / "config")[operation]()
    assert _untouched(place)


@pytest.mark.parametrize("operation", ["read", "tighten", "make", "make below"])
def test_a_file_that_somebody_has_linked_elsewhere(place: Home, operation: str) -> None:
    """Breaks when a link at the end of a path is followed; a write puts a file in its place instead."""
    _link(place.home / "config", place.secret)
    with pytest.raises(KubewrightError, match="is not root's"):
        _all_operations(place.home / "config")[operation]()
    files.write_file(str(place.home / "config"), b"new", 0o600)
    assert (place.home / "config").read_bytes() == b"new"
    assert not (place.home / "config").is_symlink()
    assert _untouched(place)


def test_a_link_of_roots_in_somebodys_folder(place: Home) -> None:
    """Breaks when a link counts as root's that somebody can have moved there."""
    _link(place.home / "config", place.secret, uid=0)
    with pytest.raises(KubewrightError, match="lies in a folder that is not"):
        files.read_file(str(place.home / "config"))


@pytest.mark.parametrize(
    ("mode", "group", "trusted"),
    [
        (0o755, 0, True),
        (0o1777, 0, True),
        (0o777, 0, False),
        (0o775, 0, True),
        (0o2775, 4, True),
        (0o775, 1000, False),
    ],
)
def test_a_link_of_roots_in_a_folder_of_roots(place: Home, mode: int, group: int, trusted: bool) -> None:
    """Breaks a host where /etc/kubernetes is a link to a larger disk, or trusts a folder where others can write."""
    _link(place.elsewhere / "kubernetes", "other/../sub", uid=0)
    (place.elsewhere / "other").mkdir()
    (place.elsewhere / "sub").mkdir()
    (place.elsewhere / "sub" / "a").write_text("a")
    os.chown(place.elsewhere, 0, group)
    place.elsewhere.chmod(mode)
    path = str(place.elsewhere / "kubernetes" / "a")
    if trusted:
        state = files.read_file(path)
        assert state is not None
        assert state.content == b"a"
    else:
        with pytest.raises(KubewrightError, match="is not root's"):
            files.read_file(path)


def test_a_folder_that_is_swapped_meanwhile(place: Home) -> None:
    """Breaks when somebody who replaces a folder by a link in time wins even once."""
    work = place.home / ".kube"
    end = threading.Event()

    def step(change: t.Callable[[], object]) -> None:
        # The other side is at work at the same time, so that any of them may fail.
        with contextlib.suppress(OSError):
            change()

    def swap() -> None:
        away = place.home / "away"
        while not end.is_set():
            step(work.mkdir)
            step(lambda: os.rename(work, away))
            step(lambda: work.symlink_to(place.elsewhere))
            step(lambda: os.lchown(work, SOMEBODY, SOMEBODY))
            step(lambda: shutil.rmtree(away))
            step(work.unlink)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _attempt in range(500):
            for change in ("write", "tighten", "remove"):
                try:
                    _all_operations(work / "config")[change]()
                except KubewrightError:
                    continue
    finally:
        end.set()
        swapping.join()
    assert _untouched(place)


def test_links_of_the_kernel_in_a_user_namespace() -> None:
    """Breaks hosts in rootless containers, where what is the kernel's is nobody's."""
    program = "from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files\n"
    program += "assert files.read_file('/proc/net/tcp') is not None"
    argv = ["unshare", "--user", *own_process.command(program)]
    subprocess.run(argv, env=own_process.environment(), check=True)


def test_links_without_end(tmp_path: pathlib.Path) -> None:
    """Breaks a run that walks in circles."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(KubewrightError, match="Too many levels of symbolic links"):
        files.read_file(str(tmp_path / "a"))


@pytest.mark.parametrize("path", ["/", "//", "/.", "/etc/..", "/etc/../"])
def test_the_root(path: str) -> None:
    """Breaks with a traceback where a path has no name."""
    with walk.parent(path, follow=True) as (folder, name):
        assert os.path.samestat(os.stat(name, dir_fd=folder), os.stat("/"))


def test_a_file_system_that_flushes_no_folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks shared folders of virtual machines: the file was there, and the run ended with an error."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    files.write_file(str(tmp_path / "a"), b"x", 0o600)
    files.ensure_directory(str(tmp_path / "b"), 0o700)
    assert (tmp_path / "a").read_bytes() == b"x"


def test_a_controller_that_is_not_linux(tmp_path: pathlib.Path) -> None:
    """Breaks every action on a Mac, which has no O_PATH."""
    program = (
        "import os; del os.O_PATH\n"
        "from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files\n"
        "import sys; path = sys.argv[1]\n"
        "files.ensure_directory(path + '/a/b', 0o700); files.write_file(path + '/a/b/c', b'x', 0o600)\n"
        "os.symlink('b', path + '/a/l'); assert files.read_file(path + '/a/l/c').content == b'x'\n"
    )
    own_process.run(program, str(tmp_path))


def test_who_has_started_the_controllers_run(place: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks sudo ansible-playbook: the user's own links in his own folders are his."""
    monkeypatch.setattr(walk, "_also_trusted", set())
    _link(place.home / "link", place.elsewhere)
    with pytest.raises(KubewrightError):
        files.read_file(str(place.home / "link" / "config"))
    walk.also_trust(SOMEBODY)
    assert files.read_file(str(place.home / "link" / "config")) is not None
