# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of the kubelet that pods are made by."""

from __future__ import annotations

import json
import pathlib

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_settings import (
    CONFIGURATION,
    FLAGS,
    settings,
    settings_of,
    stale_checkpoints,
    start_kubelet,
)

CPU, MEMORY = "/var/lib/kubelet/cpu_manager_state", "/var/lib/kubelet/memory_manager_state"
NONE, STATIC = json.dumps({"policyName": "none"}).encode(), json.dumps({"policyName": "static"}).encode()


def test_a_flag_has_the_last_word() -> None:
    """Breaks the plan: a node is emptied for a setting that only moves from a flag into the configuration, or is not for another flag."""
    socket = "/run/containerd/containerd.sock"
    flags = f'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix://{socket} --cpu-manager-policy=static"\n'
    by_flags = settings("kind: KubeletConfiguration\ncpuManagerPolicy: none\n", flags)
    by_file = settings(f"containerRuntimeEndpoint: {socket}\ncpuManagerPolicy: static\n", 'KUBELET_KUBEADM_ARGS=""\n')
    assert by_flags == by_file
    assert by_flags["containerRuntimeEndpoint"] == socket


def test_what_is_not_said_is_the_default() -> None:
    """Breaks a node on which somebody has written a default out: it is emptied for nothing."""
    assert settings("cgroupDriver: cgroupfs\ncpuManagerPolicy: none\n", "") == settings("maxPods: 50\n", "no 'quotes")


@pytest.mark.parametrize("text", ["- a\n", "a: [\n", "&a x"])
def test_no_configuration(text: str) -> None:
    """Breaks a run on a host whose file somebody has damaged, which the run mends."""
    with pytest.raises(Unreadable):
        settings(text, "")
    assert settings_of({CONFIGURATION: text.encode()}.get) == {}
    assert settings_of({FLAGS: b""}.get) is None

    def refused(_path: str) -> bytes | None:
        raise KubewrightError("it is a folder")

    assert settings_of(refused) == {}


def test_flags_as_kubeadm_wrote_them_before_it_quoted_them() -> None:
    """Breaks 1.12 to 1.14: all flags but the first are lost."""
    flags = "KUBELET_KUBEADM_ARGS=--cgroup-driver=systemd --cpu-manager-policy=static --network-plugin=cni\n"
    found = settings("maxPods: 50\n", flags)
    assert (found["cgroupDriver"], found["cpuManagerPolicy"]) == ("systemd", "static")
    assert found == settings("maxPods: 50\n", flags.replace("=", '="', 1).rstrip() + '"\n')


def test_values_as_flags_have_them() -> None:
    """Breaks a change of what is no text: it is not seen, or is where there is none."""
    text = 'cgroupsPerQOS: false\ncpuManagerPolicyOptions:\n  full-pcpus-only: "true"\n  align-by-socket: "true"\n'
    found = settings(text, "")
    assert found["cgroupsPerQOS"] == "false"
    assert found["cpuManagerPolicyOptions"] == "align-by-socket=true,full-pcpus-only=true"
    assert settings("a: 1\n", "")["cgroupsPerQOS"] == "true"
    endpoints = {
        settings(f"containerRuntimeEndpoint: {where}/opt/x.sock\n", "")["containerRuntimeEndpoint"]
        for where in ("", "unix://")
    }
    assert endpoints == {"/opt/x.sock"}


def test_checkpoints_of_another_policy() -> None:
    """Breaks the change of a policy: the kubelet does not start with the checkpoint of another; or loses that of its own."""
    files = {
        CONFIGURATION: b"cpuManagerPolicy: static\n",
        CPU: NONE,
        MEMORY: json.dumps({"policyName": "None"}).encode(),
    }
    assert stale_checkpoints(files.get, "") == [CPU]
    assert stale_checkpoints({**files, CPU: STATIC}.get, "") == []
    assert stale_checkpoints({**files, CPU: b"{"}.get, "") == []
    given = {**files, "/etc/default/kubelet": b"KUBELET_EXTRA_ARGS=--cpu-manager-policy=none\n"}
    assert stale_checkpoints(given.get, "") == []
    for command in ("KUBELET_EXTRA_ARGS=--cpu-manager-policy=none", "/usr/bin/kubelet --config-dir=/etc/kubelet.d"):
        assert stale_checkpoints(files.get, command) == []
    by_flag = {**files, CONFIGURATION: b"maxPods: 1\n", FLAGS: b'KUBELET_KUBEADM_ARGS="--cpu-manager-policy=static"\n'}
    assert stale_checkpoints(by_flag.get, "") == [CPU]
    assert stale_checkpoints({CPU: NONE}.get, "") == []


def test_the_kubelet_is_started_without_them(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks each start: the kubelet ends at once, which a person has to find the cause of."""
    module = "ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_service"
    left: list[bool] = []
    host = Host(lambda argv: Result(0, "", ""), str(tmp_path))
    monkeypatch.setattr(f"{module}.start", lambda _run: left.append(host.exists(CPU)))
    host.write(CONFIGURATION, b"cpuManagerPolicy: static\n", 0o644)
    host.write(CPU, NONE, 0o600)
    start_kubelet(host)
    host.write(CPU, STATIC, 0o600)
    start_kubelet(host)
    assert left == [False, True]
