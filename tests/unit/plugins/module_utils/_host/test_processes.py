# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes of the host."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import (
    CLOCK_ERROR,
    is_roots,
    is_running,
    oldest_start,
    process,
    process_names,
    processes,
    start_time,
    static_pod_container,
    static_pod_processes,
)

STAT = "%s S 1 812 812 0 -1 4194560 9 8 7 6 5 4 3 2 20 0 11 0 250000 999 88 184 0 0 0\n"


@pytest.mark.parametrize("head", ["812 (etcd)", "812 (a b)", "812 (x) y)"])
def test_start_time(head: str) -> None:
    """proc(5): breaks the wait for a restarted component: field 22, after a name that may hold anything."""
    assert start_time(STAT % head, 1000.0, 100) == 3500.0


def test_the_start_is_exact_enough_to_be_compared_with_files() -> None:
    """Breaks the restarts for changed files: a process of the same second is not told from one before them."""
    before = time.time()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        found = None
        # A process that is just being made has no arguments yet.
        while found is None and child.poll() is None:
            found = process(child.pid)
        after = time.time()
        assert found is not None
        assert before - CLOCK_ERROR < found.started < after + CLOCK_ERROR
        assert found.arguments[1:] == ("-c", "input()")
        assert is_running(found)
        assert not is_running(found._replace(started=found.started - 1))
        assert found.pid in [item.pid for item in processes(os.path.basename(sys.executable))]
        child.communicate(b"\n")
    assert process(found.pid) is None
    assert not is_running(found)


def test_outside_of_static_pods() -> None:
    """Breaks when a process of the user's own is taken for a component, or one outside of pods is not waited for."""
    name = os.path.basename((process(os.getpid()) or pytest.fail("no /proc")).arguments[0])
    assert static_pod_processes(name) == []
    assert 0 < oldest_start(name) <= time.time()
    assert oldest_start("no such program") == 0.0


MOUNT = "1608 1590 254:0 %s /dev/termination-log rw,relatime - ext4 /dev/vda rw\n"
STATIC, FROM_API = "52c2fa5f3d908a9afded1292b5a647f3", "5226f353-c5b8-43ba-9d53-612bbb4b1644"


@pytest.mark.parametrize(
    ("root", "container"),
    [
        (f"/var/lib/kubelet/pods/{STATIC}/containers/etcd/bffa349d", "etcd"),
        (f"/pods/{STATIC}/containers/kube-apiserver/5f08baa7", "kube-apiserver"),
        (f"/var/lib/kubelet/pods/{FROM_API}/containers/etcd/bffa349d", None),
        (f"/var/lib/kubelet/pods/{STATIC}/etc-hosts", None),
        ("/etc/hosts", None),
    ],
)
def test_the_container_of_a_static_pod(root: str, container: str | None) -> None:
    """Breaks when a component of a cluster inside pods is stopped in place of this host's, or this host's is not found."""
    others = "1605 1590 0:5 / /dev rw - tmpfs tmpfs rw\n"
    assert static_pod_container(others + MOUNT % root + others) == container


@pytest.mark.parametrize(
    ("uids", "expected"), [("0 0 0 0", True), ("1000 0 0 0", False), ("1000 1000 1000 1000", False), ("0 1 0 0", False)]
)
def test_whose_process_it_is(uids: str, expected: bool) -> None:
    """Breaks when somebody without rights who starts a program of root's counts as root."""
    status = "Name:\tetcd\nUmask:\t0022\nUid:\t%s\nGid:\t0\t0\t0\t0\n"
    assert is_roots(status % "\t".join(uids.split())) is expected


POSE = """
set -e
mkdir -p {folder}/pods/{uid}/containers/etcd
touch {folder}/pods/{uid}/containers/etcd/1 {folder}/file
exec setpriv --reuid {user} --clear-groups unshare --user --map-root-user --mount bash -c '
  mount --bind {folder}/pods/{uid}/containers/etcd/1 {folder}/file
  exec -a etcd sleep 60
'
"""


def test_somebody_who_poses_as_a_static_pod(tmp_path: pathlib.Path) -> None:
    """Breaks when a process in a user namespace of its own is taken for a component, which root then asks, reads and stops."""
    tmp_path.chmod(0o755)
    script = POSE.format(folder=tmp_path, uid=STATIC, user=65534)
    for folder in tmp_path.parents:
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
    with subprocess.Popen(["bash", "-c", script]) as child:
        try:
            end = time.monotonic() + 20
            while time.monotonic() < end and child.pid not in [item.pid for item in processes("etcd")]:
                assert child.poll() is None, "it cannot pose here"
                time.sleep(0.05)
            mounts = pathlib.Path(f"/proc/{child.pid}/mountinfo").read_text(encoding="utf-8")
            assert static_pod_container(mounts) == "etcd"
            assert child.pid not in [item.pid for item in static_pod_processes("etcd")]
        finally:
            child.kill()


def test_this_very_process_is_among_them() -> None:
    """Breaks the look for systemd-resolved and for restarted components."""
    names = process_names()
    assert names
    assert all(name and "/" not in name for name in names.values())
