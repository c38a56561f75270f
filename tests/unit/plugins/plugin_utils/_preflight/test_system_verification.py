# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SystemVerification as a whole, on recorded hosts in every minor."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.system_verification import (
    SYSTEM,
    gather,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import (
    system_verification as verification,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.specification import specification
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.features import Features
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.system_verification import (
    SPECIFICATIONS,
)
from facts.hosts import HOSTS, place
from facts.ranges import MINORS

MakeConfig = t.Callable[..., t.Any]
CONTAINERD = "/run/containerd/containerd.sock"
V1 = "cgroups v1"


def _failures(
    tmp_path: pathlib.Path, make_config: MakeConfig, name: str, version: str, **changed: str | None
) -> list[str]:
    """What fails on a host whose kubelet is that of the control plane, as C(error kernel 4.18), by its first words."""
    scheme = "unix://" if int(version.split(".")[1]) >= 24 else ""
    config = make_config(version, facts={"kubelet_version": "v" + version}, cri_socket=scheme + CONTAINERD)
    facts = gather(place(tmp_path, name, **changed), verification.question(config))
    rows = verification.check(config, json.loads(json.dumps(facts)))
    assert {row.name for row in rows} == {"SystemVerification"}
    assert all(row.found and row.wanted and row.cure.endswith(".") for row in rows)
    return [f"{row.severity} {row.found}" for row in rows if not row.passed]


EXPECTED: dict[str, list[tuple[int, int, list[str]]]] = {
    "linux-6.18-v1": [
        (12, 15, ["error kernel 6.18.44-fc-v595"]),
        (16, 31, []),
        (32, 34, [f"warning {V1}"]),
        (35, 37, [f"error {V1}"]),
    ],
    "debian-12-v2": [
        (12, 15, ["error kernel 6.1.0-56-cloud-amd64"]),
        (16, 23, []),
        (24, 25, ["warning cgroups v2, missing: blkio"]),
        (26, 37, []),
    ],
    "rocky-8-v1": [
        (12, 31, []),
        (32, 33, ["error kernel 4.18.0-553.51.1.el8_10.x86_64", f"warning {V1}"]),
        (34, 34, ["warning kernel 4.18.0-553.51.1.el8_10.x86_64", f"warning {V1}"]),
        (35, 37, ["warning kernel 4.18.0-553.51.1.el8_10.x86_64", f"error {V1}"]),
    ],
    "centos-7.1-v1": [
        (12, 18, []),
        (19, 19, [f"warning {V1}, missing: pids"]),
        (20, 20, [f"error {V1}, missing: pids"]),
        (21, 31, ["error CONFIG_CGROUP_PIDS not set", f"error {V1}, missing: pids"]),
        (
            32,
            33,
            [
                "error kernel 3.10.0-229.el7.x86_64",
                "error CONFIG_CGROUP_PIDS not set, CONFIG_CGROUP_BPF not set",
                f"warning {V1}",
                f"error {V1}, missing: pids",
            ],
        ),
        (
            34,
            34,
            [
                "warning kernel 3.10.0-229.el7.x86_64",
                "error CONFIG_CGROUP_PIDS not set, CONFIG_CGROUP_BPF not set",
                f"warning {V1}",
                f"error {V1}, missing: pids",
            ],
        ),
        (
            35,
            37,
            [
                "warning kernel 3.10.0-229.el7.x86_64",
                "error CONFIG_CGROUP_PIDS not set",
                f"error {V1}",
                f"error {V1}, missing: pids",
            ],
        ),
    ],
}


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize("name", sorted(HOSTS))
def test_recorded_hosts(tmp_path: pathlib.Path, make_config: MakeConfig, name: str, minor: int) -> None:
    """Breaks when a host that kubeadm of a minor takes is refused, or the other way round."""
    found = _failures(tmp_path, make_config, name, "1.%d.0" % minor)
    # The path of the configuration and the optional options are the subject of other tests.
    found = [text.replace("/boot/config-3.10.0-229.el7.x86_64: ", "").partition(";")[0] for text in found]
    (expected,) = (rows for first, last, rows in EXPECTED[name] if first <= minor <= last)
    assert found == expected


@pytest.mark.parametrize(("ostype", "passed"), [("Linux\n", True), ("FreeBSD\n", False), (None, False)])
def test_operating_systems(tmp_path: pathlib.Path, make_config: MakeConfig, ostype: str | None, passed: bool) -> None:
    """Breaks when a host with another operating system passes."""
    found = _failures(tmp_path, make_config, "debian-12-v2", "1.31.0", **{SYSTEM: ostype})
    assert found == ([] if passed else ["error the operating system %s" % (ostype or "").strip()])


def test_each_finding_has_a_row(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks when what has passed is no longer said."""
    config = make_config("1.37.0", facts={"kubelet_version": "v1.37.0"})
    rows = verification.check(config, gather(place(tmp_path, "debian-12-v2"), verification.question(config)))
    assert [row.found for row in rows] == [
        "kernel 6.1.0-56-cloud-amd64",
        "/boot/config-6.1.0-56-cloud-amd64: all of the required kernel options; of the optional ones: "
        "CONFIG_AUFS_FS (for aufs) not set",
        "the operating system Linux",
        "cgroups v2",
        "cgroups v2, cpu, cpuset, devices, freezer, memory, pids",
        "cgroups v2, hugetlb, io",
    ]


def test_every_version_of_the_validators_has_a_specification(make_config: MakeConfig) -> None:
    """Breaks when the release table names validators that nobody describes, or there is a description for none."""
    feature = Features.system_validators
    named = {value for _minor, value in feature.since} | {value for _minor, _patch, value in feature.patches}
    assert named == set(SPECIFICATIONS)
    assert specification(make_config("1.20.2")) is SPECIFICATIONS["1.2.0"]


@pytest.mark.parametrize("name", sorted(SPECIFICATIONS))
def test_specifications_are_sound(name: str) -> None:
    """Breaks a description in which an option is required twice, or required and optional."""
    spec = SPECIFICATIONS[name]
    optional = [option.names for option in spec.optional_options]
    for version in (1, 2):
        options = [*spec.required_options, *spec.required_options_by_cgroups.get(version, ())]
        names = [option.names for option in options] + optional
        assert len(names) == len(set(names))
    assert set(spec.optional_cgroups) <= set(spec.cgroups)
    assert spec.kernel_config_paths[0].endswith(".gz")
    assert spec.kernel_config_paths[1] == "/boot/config-{release}"
