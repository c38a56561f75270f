# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arguments that no module can use."""

from __future__ import annotations

import typing as t

import pytest

WITH_CONFIG = (
    "bootstrap_token",
    "certs_info",
    "certs_take_up",
    "image_ensure",
    "join_command",
    "kubeconfig_write",
    "kubelet_finalize",
    "pki_generate",
    "preflight_check",
    "wait_apiserver",
)


@pytest.mark.parametrize("name", [*WITH_CONFIG, "host_files", "kube_apply", "kubelet_start"])
def test_config_is_required(run_module: t.Callable[..., t.Any], name: str) -> None:
    """Breaks the message when the configuration is forgotten."""
    run = run_module(name, {})
    assert (run.code, run.result["failed"]) == (1, True)
    assert "config" in run.result["msg"]


@pytest.mark.parametrize("name", WITH_CONFIG)
def test_a_config_that_is_none_is_explained(run_module: t.Callable[..., t.Any], name: str) -> None:
    """Breaks when half a configuration ends in a traceback, or the message does not say where one comes from."""
    run = run_module(name, {"config": {"ClusterConfiguration": {}}}, check=True)
    assert run.code == 1
    assert "kubewright.control_plane.cluster_config" in run.result["msg"]
    assert "exception" not in run.result


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("host_files", {"config": {}, "phase": "addons"}, "phase must be one of: audit, control_plane, etcd"),
        ("kube_apply", {"config": {}, "phase": "etcd"}, "phase must be one of"),
        ("host_files", {"config": {}, "phase": "etcd", "files": [{"path": "/x"}]}, "missing required arguments"),
        (
            "kube_apply",
            {"config": {}, "phase": "addons", "objects": [{"manifest": {}, "policy": "force"}]},
            "policy must be one of",
        ),
        ("wait_apiserver", {"config": {}, "timeout": "long"}, "timeout"),
        ("certs_take_up", {"config": {}, "kubelet_started": "perhaps"}, "kubelet_started"),
    ],
)
def test_wrong_arguments(
    run_module: t.Callable[..., t.Any], name: str, arguments: dict[str, t.Any], words: str
) -> None:
    """Breaks the argument specs."""
    run = run_module(name, arguments)
    assert run.code == 1
    assert words in run.result["msg"]
