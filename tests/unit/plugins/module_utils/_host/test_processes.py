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

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import processes
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.processes import (
    CLOCK_ERROR,
    is_in_pod,
    is_roots,
    is_running,
    is_service,
    mounts,
    oldest_start,
    place,
    process,
    process_ids,
    service_runs,
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
        assert found.pid in process_ids(os.path.basename(sys.executable))
        child.communicate(b"\n")
    assert process(found.pid) is None
    assert not is_running(found)


def test_outside_of_static_pods() -> None:
    """Breaks when a process of the user's own is taken for a component, or one outside of pods is not waited for."""
    name = os.path.basename((process(os.getpid()) or pytest.fail("no /proc")).arguments[0])
    assert static_pod_processes(name) == []
    assert 0 < oldest_start(name) <= time.time()
    assert oldest_start("no such program") == 0.0


KUBELET = ("254:0", "/var/lib/kubelet")
MOUNT = "1608 1590 %s %s /dev/termination-log rw,relatime - ext4 /dev/vda rw\n"
STATIC, FROM_API = "52c2fa5f3d908a9afded1292b5a647f3", "5226f353-c5b8-43ba-9d53-612bbb4b1644"
VOLUME = f"/var/lib/kubelet/pods/{FROM_API}/volumes/kubernetes.io~empty-dir/x"


@pytest.mark.parametrize(
    ("device", "root", "container"),
    [
        ("254:0", f"/var/lib/kubelet/pods/{STATIC}/containers/etcd/bffa349d", "etcd"),
        ("254:0", f"/var/lib/kubelet/pods/{FROM_API}/containers/etcd/bffa349d", None),
        ("254:0", f"/var/lib/kubelet/pods/{STATIC}/etc-hosts", None),
        ("254:0", "/etc/hosts", None),
        # What anybody can have mounted into a pod.
        ("254:0", f"{VOLUME}/pods/{STATIC}/containers/etcd/bffa349d", None),
        ("254:0", f"/pods/{STATIC}/containers/etcd/bffa349d", None),
        ("0:77", f"/var/lib/kubelet/pods/{STATIC}/containers/etcd/bffa349d", None),
    ],
)
def test_the_container_of_a_static_pod(device: str, root: str, container: str | None) -> None:
    """Breaks when a component of a cluster inside pods is stopped in place of this host's, or this host's is not found."""
    others = "1605 1590 0:5 / /dev rw - tmpfs tmpfs rw\n"
    found = static_pod_container(mounts(others + MOUNT % (device, root) + others), KUBELET)
    assert found == ((STATIC, container) if container is not None else None)


@pytest.mark.parametrize(
    ("cgroups", "first", "expected"),
    [
        (
            f"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{STATIC}.slice/cri-containerd-1.scope",
            "0::/",
            True,
        ),
        (f"0::/kubepods/burstable/pod{STATIC}/1", "0::/init.scope", True),
        (f"2:memory:/docker/1/kubepods/pod{STATIC}/1\n1:name=systemd:/x", "2:memory:/docker/1\n1:name=systemd:/", True),
        # What anybody can make: below a user's own, or of another pod.
        (f"0::/user.slice/user-1.slice/kubepods/pod{STATIC}/1", "0::/", False),
        (f"0::/kubepods/besteffort/pod{FROM_API}/1", "0::/", False),
        (f"0::/kubepods/besteffort/pod{FROM_API}/kubepods/pod{STATIC}/1", "0::/", False),
        ("", "0::/", False),
        (f"0::/kubepods/pod{STATIC}/1", "", False),
    ],
)
def test_the_cgroup_of_a_pod(cgroups: str, first: str, expected: bool) -> None:
    """Breaks a component that does not run as root: it is not seen, or anybody's process is taken for it."""
    assert is_in_pod(cgroups, first, STATIC) is expected


@pytest.mark.parametrize(
    ("mounted", "expected"),
    [
        ([], None),
        ([("8:1", "/", "/")], ("8:1", "/var/lib/kubelet")),
        ([("8:1", "/", "/"), ("8:2", "/", "/var")], ("8:2", "/lib/kubelet")),
        ([("8:1", "/", "/"), ("8:2", "/kubelet", "/var/lib/kubelet")], ("8:2", "/kubelet")),
        ([("8:2", "/", "/var"), ("8:3", "/", "/var"), ("8:4", "/", "/va")], ("8:3", "/lib/kubelet")),
        ([("8:1", "/@", "/"), ("8:2", "/", "/var/lib/kubelet/pods/1/volumes/x")], ("8:1", "/@/var/lib/kubelet")),
    ],
)
def test_where_a_folder_lies(mounted: list[tuple[str, str, str]], expected: tuple[str, str] | None) -> None:
    """Breaks hosts with a disk of its own for /var, a subvolume, or a node that is a container."""
    text = "".join(f"1 0 {device} {root} {point} rw - ext4 /dev/x rw\n" for device, root, point in mounted)
    assert place("/var/lib/kubelet", mounts(text)) == expected


def test_names_with_blanks_in_mounts() -> None:
    """proc(5): breaks when a blank, which is written in octal digits, ends a path."""
    found = mounts("1 0 8:1 /a\\040b /c\\011d rw - ext4 /dev/x rw\nshort\n")
    assert [(item.root, item.point) for item in found] == [("/a b", "/c\td")]


UNIT = "systemd-resolved.service"
HOST = "0::/init.scope\n"
NODE = "3:memory:/docker/12/init.scope\n1:name=systemd:/docker/12/init.scope\n"


@pytest.mark.parametrize(
    ("cgroups", "first", "expected"),
    [
        (f"0::/system.slice/{UNIT}\n", HOST, True),
        (f"0::/system.slice/{UNIT}\n", "0::/\n", True),
        (f"1:name=systemd:/docker/12/system.slice/{UNIT}\n0::/\n", NODE, True),
        (f"1:name=systemd:/docker/12/system.slice/{UNIT}\n0::/\n", "1:name=systemd:/docker/12\n", True),
        (f"0::/user.slice/user-1000.slice/user@1000.service/system.slice/{UNIT}\n", HOST, False),
        (f"0::/user.slice/user-1000.slice/session-1.scope/{UNIT}\n", HOST, False),
        (f"0::/lxc.payload.c1/system.slice/{UNIT}\n", HOST, False),
        (f"0::/system.slice/docker-12.scope/system.slice/{UNIT}\n", HOST, False),
        (f"1:name=systemd:/docker/34/system.slice/{UNIT}\n", NODE, False),
        (f"5:memory:/system.slice/{UNIT}\n", HOST, False),
        (f"nonsense\n0::/system.slice/{UNIT}\n", "", False),
        ("", HOST, False),
    ],
)
def test_a_service(cgroups: str, first: str, expected: bool) -> None:
    """Breaks when somebody's process of that name, or one in a container, decides where pods look for DNS."""
    assert is_service(cgroups, UNIT, first) is expected


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


def test_somebody_who_poses_as_a_static_pod(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when a process in a user namespace of its own is taken for a component, which root then asks, reads and stops."""
    tmp_path.chmod(0o755)
    monkeypatch.setattr(processes, "KUBELET_DIR", str(tmp_path))
    script = POSE.format(folder=tmp_path, uid=STATIC, user=65534)
    for folder in tmp_path.parents:
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
    with subprocess.Popen(["bash", "-c", script]) as child:
        try:
            end = time.monotonic() + 20
            while time.monotonic() < end and child.pid not in process_ids("etcd"):
                assert child.poll() is None, "it cannot pose here"
                time.sleep(0.05)
            seen = mounts(pathlib.Path(f"/proc/{child.pid}/mountinfo").read_text(encoding="utf-8"))
            at = place(str(tmp_path), mounts(pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8")))
            assert at is not None
            assert static_pod_container(seen, at) == (STATIC, "etcd")
            assert child.pid not in [item.pid for item in static_pod_processes("etcd")]
        finally:
            child.kill()


def test_this_very_process_is_among_them() -> None:
    """Breaks the look for components."""
    name = os.path.basename((process(os.getpid()) or pytest.fail("no /proc")).arguments[0])
    assert os.getpid() in process_ids(name)
    assert not service_runs(name, UNIT)
