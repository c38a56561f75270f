# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is mounted below the kubelet's folder."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import mounts as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result

KUBELET = "/var/lib/kubelet"


def _info(*points: str) -> str:
    return "".join(f"{number} 1 0:{number} / {point} rw - tmpfs tmpfs rw\n" for number, point in enumerate(points))


def test_the_deepest_first() -> None:
    """Breaks a host: a folder is unmounted before what lies in it, another one's mount is taken, or the kubelet's own disk."""
    info = _info(KUBELET, "/var/lib/kubelet-backup/a", f"{KUBELET}/pods/1", f"{KUBELET}/pods/1/volumes/a\\040b")
    assert subject.below(info, KUBELET) == [f"{KUBELET}/pods/1/volumes/a b", f"{KUBELET}/pods/1"]


class _Kernel:
    """What is mounted, and what umount does with it. busy: what stays. shared: what goes with another one."""

    def __init__(self, points: t.Sequence[str], busy: str = "", shared: t.Mapping[str, str] | None = None) -> None:
        self.points, self.busy, self.shared, self.asked = list(points), busy, shared or {}, t.cast("list[str]", [])

    def info(self) -> str:
        return _info(*self.points)

    def run(self, argv: t.Sequence[str]) -> Result:
        point = argv[-1]
        self.asked.append(point)
        if point == self.busy:
            return Result(32, "", f"umount: {point}: target is busy.")
        self.points = [other for other in self.points if other not in (point, self.shared.get(point))]
        return Result(0, "", "")


def test_all_go() -> None:
    """Breaks where mounts are shared: one that went with another one is an error."""
    kernel = _Kernel([f"{KUBELET}/a", f"{KUBELET}/b", "/srv"], shared={f"{KUBELET}/a": f"{KUBELET}/b"})
    subject.unmount(kernel.run, KUBELET, kernel.info)
    assert (kernel.points, kernel.asked) == (["/srv"], [f"{KUBELET}/a"])


def test_one_that_is_in_use() -> None:
    """Breaks data: what is behind a volume that is still mounted is removed with the folder."""
    kernel = _Kernel([f"{KUBELET}/a"], busy=f"{KUBELET}/a")
    with pytest.raises(KubewrightError, match=r"/var/lib/kubelet/a cannot be unmounted: .*busy.*Nothing below"):
        subject.unmount(kernel.run, KUBELET, kernel.info)
