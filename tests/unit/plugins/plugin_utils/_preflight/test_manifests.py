# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The manifests of a control plane, and what else lies beside them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check

MakeConfig = t.Callable[..., Config]


def _own(component: str) -> dict[str, t.Any]:
    return {"pod": f"kube-system/{component}", "etcd_data_dir": None}


ALL = {f"{name}.yaml": _own(name) for name in manifests.COMPONENTS}
EXTERNAL = {"etcd_external": {"endpoints": ["http://192.0.2.5:2379"]}}


def _failed(checks: list[Check]) -> list[str]:
    return [item.name.rpartition("manifests-")[2] for item in checks if not item.passed]


@pytest.mark.parametrize(
    ("files", "variables", "failed"),
    [
        ({}, {}, []),
        (ALL, {}, []),
        ({"etcd.yaml": {"pod": "kube-system/other", "etcd_data_dir": None}}, {}, ["etcd.yaml"]),
        ({"kube-scheduler.yaml": {"pod": None, "etcd_data_dir": None}}, {}, ["kube-scheduler.yaml"]),
        (ALL, EXTERNAL, ["etcd.yaml"]),
        ({}, EXTERNAL, []),
    ],
)
def test_the_four(
    make_config: MakeConfig, files: dict[str, t.Any], variables: dict[str, t.Any], failed: list[str]
) -> None:
    """K2: breaks the second run, or overwrites somebody else's pod; with an external etcd there is to be none of ours."""
    checks = manifests.file_available(make_config("1.31.0", **variables), {"files": files})
    assert [item.severity for item in checks] == ["error"] * 4
    assert _failed(checks) == failed


@pytest.mark.parametrize(
    ("files", "passed", "found"),
    [
        (ALL, True, "nothing else"),
        ({**ALL, "vip.yaml": {"pod": "kube-system/vip", "etcd_data_dir": None}}, True, "vip.yaml"),
        ({**ALL, "etcd.yaml.bak": _own("etcd")}, False, "etcd.yaml.bak (the pod kube-system/etcd)"),
        ({**ALL, "notes.txt": {"pod": None, "etcd_data_dir": None}}, False, "notes.txt (not a pod)"),
    ],
)
def test_what_else_the_kubelet_finds(
    make_config: MakeConfig, files: dict[str, t.Any], passed: bool, found: str
) -> None:
    """Breaks the warning of a copy that runs beside its original, or warns of a user's own static pods."""
    [check] = manifests.foreign_manifest(make_config("1.31.0"), {"files": files})
    assert (check.severity, check.passed, check.found) == ("warning", passed, found)


def test_whether_there_is_a_control_plane() -> None:
    """Breaks the second run, where ports are taken and files are there because of this very control plane."""
    assert manifests.is_control_plane({"files": ALL})
    assert not manifests.is_control_plane({"files": {"kube-apiserver.yaml": _own("other")}})
    assert not manifests.is_control_plane({"files": {}})
