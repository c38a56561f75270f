# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration that a task works by: which variables make another one, and what is wrong with them."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from acting import act, facts_of_host

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane
from any_core import trust_as_template

TOKEN = "abcdef.0123456789abcdef"
CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\nclusterName: from-text\n"


def test_a_configuration_is_resolved_anew_for_other_variables(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when a role that is told something else than the one before it works by what that one was told."""
    made = act("cluster_config", {}, {"kubewright_node_name": "cp1"}, facts_of_host(node_facts())).result
    kept = act("wait_apiserver", {"config": made}, {"kubewright_node_name": "cp1", "other": 1})
    assert kept.shipped is not None
    plain = control_plane(Config(made["resolved"])).plain()
    assert kept.shipped["control_plane"] == plain
    variables = {"kubewright_node_name": "cp1", "kubewright_bind_port": 7443}
    facts = facts_of_host(node_facts())
    renewed = act("wait_apiserver", {"config": made}, variables, facts, {"changed": False})
    assert renewed.shipped is not None
    urls = [endpoint["url"] for endpoint in renewed.shipped["control_plane"]["endpoints"]]
    assert any(":7443/" in url for url in urls)
    taken = act("wait_apiserver", {"config": made["resolved"]}, variables)
    assert taken.shipped is not None
    assert taken.shipped["control_plane"] == plain


@pytest.mark.parametrize(
    "value",
    [{1: "a", "b": "c"}, {datetime.date(2026, 1, 31): "a"}, {"a": [datetime.date(2026, 1, 31), {None: 1, "b": 2}]}],
)
def test_keys_of_every_type_are_taken(node_facts: t.Callable[..., t.Any], value: t.Any) -> None:
    """Breaks with a traceback where YAML has made numbers or dates of keys."""
    variables = {"kubewright_kubelet_extra_args": {"b": "c"}, "kubewright_render_facts": None}
    made = act("cluster_config", {}, variables, facts_of_host(node_facts())).result
    assert not made.get("failed")
    assert act("cluster_config", {"earlier": made}, variables).trips == []
    wrong = act("wait_apiserver", {"config": made}, {"kubewright_foo": value}, facts_of_host(node_facts())).result
    assert "kubewright_foo" in wrong["msg"]


def test_wrong_variables_of_a_role_are_faults(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks the message where only a later role is told something that is wrong."""
    made = act("cluster_config", {}, {}, facts_of_host(node_facts())).result
    result = act("kubelet_start", {"config": made}, {"kubewright_bind_port": 0}, facts_of_host(node_facts())).result
    assert result["failed"]
    assert "kubewright_bind_port" in result["msg"]


def test_tokens_make_no_other_configuration(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when a token that a template makes at random costs every phase another look at the host."""
    made = act(
        "cluster_config", {}, {"kubewright_bootstrap_tokens": [{"token": TOKEN}]}, facts_of_host(node_facts())
    ).result
    assert len(act("wait_apiserver", {"config": made}, {}).trips) == 1


@pytest.mark.parametrize(
    ("host", "cluster", "names"),
    [("cp1", "a", ["jane"]), ("cp2", "a", []), ("cp2", "b", ["jane"]), ("elsewhere", "a", ["jane"])],
)
def test_kubeconfigs_for_people_are_made_once_for_a_cluster(
    node_facts: t.Callable[..., t.Any], host: str, cluster: str, names: list[str]
) -> None:
    """Breaks a cluster of several control planes: each would make people's kubeconfigs, or report them as missing."""
    jane = {"name": "jane", "location": "host", "path": "/srv/jane.conf"}
    variables = {
        "kubewright_kubeconfigs": [jane],
        "inventory_hostname": host,
        "groups": {"control_plane": ["cp1", "cp2"]},
        "hostvars": {"cp1": {"kubewright_cluster": "a"}, "cp2": {"kubewright_cluster": cluster}},
    }
    resolved = act("cluster_config", {}, variables, facts_of_host(node_facts())).result["resolved"]
    assert [item["name"] for item in resolved["kubeconfigs"]] == names


def test_a_template_that_fails_is_a_fault_beside_others(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when an undefined variable ends the run with an error of Jinja's, or hides the other faults."""
    variables = {
        "kubewright_cluster_name": trust_as_template("{{ nobody_defined_this }}"),
        "kubewright_bind_port": 0,
    }
    result = act("cluster_config", {}, variables, facts_of_host(node_facts())).result
    assert [fault["path"] for fault in result["faults"]] == ["kubewright_cluster_name", "kubewright_bind_port"]


def test_documents_as_ansible_hands_them_over(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks YAML text in an inventory: Ansible's strings are of a type of their own, which libyaml does not read."""
    variables = {
        "kubewright_kubeadm_config": trust_as_template(CLUSTER),
        "kubewright_kubernetes_version": "v1.20.2",
    }
    result = act("cluster_config", {}, variables, facts_of_host(node_facts())).result
    assert result["resolved"]["ClusterConfiguration"]["clusterName"] == "from-text"
