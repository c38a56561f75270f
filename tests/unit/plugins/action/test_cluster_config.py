# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""cluster_config with the host's facts: what is resolved, and every fault at once."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest
from acting import act, facts_of_host

TOKEN = "abcdef.0123456789abcdef"


def test_cluster_config(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks the resolution: templates in variables, the host's facts, plain values in the result."""
    variables = {"kubewright_certificates_dir": "/srv/pki", "kubewright_node_name": "node-7", "other": 1}
    action = act("cluster_config", {}, variables, facts_of_host(node_facts()))
    assert action.shipped is not None
    assert action.shipped["questions"]["config"]["certificates_dir"] == "/srv/pki"
    resolved = action.result["resolved"]
    assert resolved["InitConfiguration"]["nodeRegistration"]["name"] == "node-7"
    assert resolved["ClusterConfiguration"]["kubernetesVersion"] == "v1.31.0"


def test_cluster_config_names_all_faults_without_the_token(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when faults come one by one, or a token stands in the message."""
    variables = {"kubewright_bind_port": 0, "kubewright_bootstrap_tokens": [TOKEN], "kubewright_podsubnet": "x"}
    result = act("cluster_config", {}, variables, facts_of_host(node_facts())).result
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
    result = act("cluster_config", {}, {}, answer).result
    assert {key: result[key] for key in answer} == answer
    assert "resolved" not in result


@pytest.mark.parametrize(("host", "fails"), [("cp1", False), ("cp2", True), ("other1", False), ("elsewhere", False)])
def test_the_others_of_a_cluster_join_it(node_facts: t.Callable[..., t.Any], host: str, fails: bool) -> None:
    """Breaks when a playbook of a site's own initialises a second cluster beside the one that the host is to join."""
    names = {"cp1": "a", "cp2": "a", "other1": "b"}
    variables = {
        "inventory_hostname": host,
        "groups": {"control_plane": list(names)},
        "hostvars": {name: {"kubewright_cluster": cluster} for name, cluster in names.items()},
    }
    action = act("cluster_config", {"only_first": True}, variables, facts_of_host(node_facts()))
    assert bool(action.result.get("failed")) is fails
    assert action.trips == [] if fails else len(action.trips) == 1
    assert not fails or action.result["msg"].startswith("config: cp2 is not the first host of its cluster")
    assert not act("cluster_config", {}, variables, facts_of_host(node_facts())).result.get("failed")


@pytest.mark.parametrize(("role", "stays"), [("init", False), ("certs", True), ("", True)])
def test_the_plan_of_an_earlier_run_goes_when_init_begins(
    node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path, role: str, stays: bool
) -> None:
    """Breaks trust in the file: a run whose variables are wrong would leave that of another one, which looks complete."""
    path = tmp_path / "plan.json"
    path.write_text('{"collection": {}, "check_mode": true, "hosts": []}', encoding="ascii")
    os.utime(path, (1.0, 1.0))
    variables = {"kubewright_plan_file": str(path), "kubewright_bind_port": 0, "inventory_hostname": "cp1"}
    result = act("cluster_config", {}, variables, facts_of_host(node_facts()), role=role).result
    assert result["failed"]
    assert path.exists() is stays


def test_another_file_than_a_plan_is_refused(node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks an inventory that somebody has named by mistake: it would be gone."""
    path = tmp_path / "hosts.yml"
    path.write_text("all: {}\n", encoding="ascii")
    variables = {"kubewright_plan_file": str(path), "inventory_hostname": "cp1"}
    action = act("cluster_config", {}, variables, facts_of_host(node_facts()), role="init")
    assert action.trips == []
    assert "something else than a plan" in action.result["msg"]
    assert path.exists()


@pytest.mark.parametrize("check", [True, False])
def test_it_tells_whether_the_play_is_in_check_mode(node_facts: t.Callable[..., t.Any], check: bool) -> None:
    """Breaks a play with C(check_mode: true), which no variable of Ansible's tells: role init would wait for what it has not done."""
    first = act("cluster_config", {}, {}, facts_of_host(node_facts()), check=check).result
    assert first["check_mode"] is check
    again = act("cluster_config", {"earlier": first}, {}, check=not check).result
    assert again["check_mode"] is not check
    assert first["resolved"]["controller"]["planFields"] is False


def test_a_plan_that_is_written_says_what_differs(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks the file of a run in check mode, which would say that files differ, and not in what."""
    for variables in ({"kubewright_plan_file": "plan.json"}, {"kubewright_plan_fields": True}):
        result = act("cluster_config", {}, variables, facts_of_host(node_facts())).result
        assert result["resolved"]["controller"]["planFields"] is True
