# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of the modules: what is rendered, checked and shipped."""

from __future__ import annotations

import importlib
import types
import typing as t

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

PACKAGE = "ansible_collections.kubewright.control_plane.plugins.action."
TOKEN = "abcdef.0123456789abcdef"


class Action(t.NamedTuple):
    """result: what the action returns. shipped: the arguments of the one module call, or None."""

    result: dict[str, t.Any]
    shipped: dict[str, t.Any] | None


def _act(
    name: str, arguments: dict[str, t.Any], variables: dict[str, t.Any], answer: dict[str, t.Any] | None = None
) -> Action:
    task = types.SimpleNamespace(
        args=arguments, action="kubewright.control_plane." + name, async_val=0, check_mode=False, no_log=False
    )
    play_context = types.SimpleNamespace(no_log=False)
    shell = types.SimpleNamespace(tmpdir="/tmp")
    connection = types.SimpleNamespace(_shell=shell, _play_context=play_context, has_pipelining=True)
    templar = Templar(loader=DataLoader(), variables=variables)
    class_ = importlib.import_module(PACKAGE + name).ActionModule
    action = class_(task, connection, play_context, None, templar, None)
    shipped: list[dict[str, t.Any]] = []

    def execute(module_args: dict[str, t.Any], **_more: t.Any) -> dict[str, t.Any]:
        shipped.append(module_args)
        return dict(answer or {"changed": False})

    action._execute_module = execute
    result = action.run(task_vars=variables)
    assert len(shipped) <= 1
    return Action(result, shipped[0] if shipped else None)


@pytest.mark.parametrize(
    ("name", "arguments", "key", "count"),
    [
        ("host_files", {"phase": "control_plane"}, "files", 3),
        ("host_files", {"phase": "etcd"}, "files", 1),
        ("host_files", {"phase": "audit"}, "files", 0),
        ("kubelet_start", {}, "files", 2),
        ("kube_apply", {"phase": "mark_control_plane"}, "objects", 1),
        ("bootstrap_token", {}, "objects", 7),
    ],
)
def test_all_is_shipped_in_one_call(
    make_config: t.Callable[..., t.Any], name: str, arguments: dict[str, t.Any], key: str, count: int
) -> None:
    """Breaks a phase: its files or objects do not reach the host, or need more than one trip."""
    action = _act(name, dict(arguments, config=make_config("1.31.0").data), {})
    assert action.shipped is not None
    assert len(action.shipped[key]) == count
    fields = {"path", "content", "mode", "directory_mode"} if key == "files" else {"manifest", "policy"}
    assert all(set(item) == fields for item in action.shipped[key])


@pytest.mark.parametrize("name", ["host_files", "kube_apply", "kubelet_start", "bootstrap_token"])
@pytest.mark.parametrize("config", [None, {}, "text"])
def test_without_a_configuration(name: str, config: t.Any) -> None:
    """Breaks the message when the resolved configuration is forgotten; the host must not be asked."""
    action = _act(name, {"phase": "etcd", "config": config}, {})
    assert (action.result["failed"], action.shipped) == (True, None)
    assert "cluster_config" in action.result["msg"]


def test_cluster_config(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks the resolution: templates in variables, the host's facts, plain values in the result."""
    variables = {"kubewright_certificates_dir": "/srv/pki", "kubewright_node_name": "node-7", "other": 1}
    action = _act("cluster_config", {}, variables, {"facts": node_facts()})
    assert action.shipped is not None
    assert action.shipped["config"]["certificates_dir"] == "/srv/pki"
    resolved = action.result["resolved"]
    assert resolved["InitConfiguration"]["nodeRegistration"]["name"] == "node-7"
    assert resolved["ClusterConfiguration"]["kubernetesVersion"] == "v1.31.0"


def test_cluster_config_names_all_faults_without_the_token(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when faults come one by one, or a token stands in the message."""
    variables = {"kubewright_bind_port": 0, "kubewright_bootstrap_tokens": [TOKEN], "kubewright_podsubnet": "x"}
    result = _act("cluster_config", {}, variables, {"facts": node_facts()}).result
    assert result["failed"]
    assert {fault["path"] for fault in result["faults"]} == {
        "kubewright_bind_port",
        "kubewright_bootstrap_tokens[0]",
        "kubewright_podsubnet",
    }
    assert "0123456789abcdef" not in str(result)


@pytest.mark.parametrize("answer", [{"failed": True, "msg": "x"}, {"unreachable": True}])
def test_a_host_that_cannot_be_asked(answer: dict[str, t.Any]) -> None:
    """Breaks the cause when the host fails: it must not turn into a fault of the variables."""
    result = _act("cluster_config", {}, {}, answer).result
    assert {key: result[key] for key in answer} == answer
    assert "resolved" not in result


@pytest.mark.parametrize(("answer", "hidden"), [({"join_command": "x"}, True), ({"failed": True, "msg": "why"}, False)])
def test_the_join_command_is_hidden_but_not_an_error(
    make_config: t.Callable[..., t.Any], answer: dict[str, t.Any], hidden: bool
) -> None:
    """Breaks when the token is printed, or the reason of a failure is not."""
    variables = {"kubewright_bootstrap_tokens": [{"token": TOKEN}]}
    action = _act("join_command", {"config": make_config("1.31.0").data}, variables, answer)
    assert action.result.get("_ansible_no_log", False) is hidden
    assert not hidden or action.result["join_command"] == "x"
    assert action.shipped is not None
    assert action.shipped["preferred_token_ids"] == ["abcdef"]
    assert "0123456789abcdef" not in str(action.shipped)


def test_declared_tokens_reach_the_bootstrap_token_module(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks declared tokens: they travel to the host with their defaults."""
    variables = {"kubewright_bootstrap_tokens": [{"token": TOKEN, "description": "mine"}]}
    action = _act("bootstrap_token", {"config": make_config("1.31.0").data}, variables)
    assert action.shipped is not None
    assert [(item["token"], item["description"], item["ttl"]) for item in action.shipped["tokens"]] == [
        (TOKEN, "mine", "24h0m0s")
    ]
