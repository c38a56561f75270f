# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution by which the configuration is resolved reads for the phases of role init too."""

from __future__ import annotations

import copy
import typing as t

import pytest
from acting import Action, act

HOST = {"inventory_hostname": "cp1", "ansible_host": "192.0.2.10", "kubewright_kubernetes_version": "v1.31.0"}
SECRET = "0123456789abcdef"
Facts = dict[str, t.Any]


@pytest.fixture(name="answer")
def fixture_answer(node_facts: t.Callable[..., Facts]) -> Facts:
    """What a host answers whose name and address are those of the inventory."""
    facts = node_facts(hostname="cp1", default_address="192.0.2.10")
    answers = {"config": facts, "images": {"missing": ["x"]}, "show_join": {"token": f"abcdef.{SECRET}"}}
    return {"facts": {"files": {"/etc/kubernetes/manifests/etcd.yaml": None}, "answers": answers, "since_clock": 0.5}}


def _config(answer: Facts, variables: Facts, role: str = "init", **given: t.Any) -> Action:
    return act("cluster_config", given, variables, copy.deepcopy(answer), role=role)


def test_one_execution(answer: Facts) -> None:
    """Breaks the speed of every run: the host would be asked twice."""
    first = _config(answer, HOST)
    assert (len(first.trips), first.hidden, first.result["_ansible_no_log"]) == (1, True, True)
    second = act("init_read", {"config": first.result}, HOST, role="init")
    # What is asked is what init_read would ask.
    alone = act("init_read", {"config": first.result}, HOST, copy.deepcopy(answer))
    asked = alone.shipped or {}
    together = first.shipped or {}
    assert dict(asked, questions={"config": together["questions"]["config"], **asked["questions"]}) == together
    assert second.trips == []
    before, after = second.result["facts"]["preflight"].pop("between")
    assert before <= after + 0.5
    alone.result["facts"]["preflight"].pop("between")
    assert second.result["facts"] == alone.result["facts"]
    assert second.result["join_facts"] == alone.result["join_facts"]
    assert second.result["_ansible_no_log"] is True


def test_what_was_read_does_not_travel_on(answer: Facts) -> None:
    """Breaks the speed of each task: it would be given all that was read, with a token in it."""
    first = _config(answer, HOST)
    slim = act("cluster_config", {"earlier": first.result}, HOST, role="init")
    assert (slim.trips, set(slim.result)) == ([], {"changed", "resolved", "input", "offline", "check_mode"})
    assert SECRET not in str(slim.result)


def test_what_was_read_is_kept_as_it_was(answer: Facts) -> None:
    """Breaks the comparison with what is declared: what a terminal must not obey is written out where it is shown, not here."""
    answer["facts"]["files"]["/etc/kubernetes/\x1b"] = {"text": "a\u202eb"}
    assert _config(answer, HOST).result["ahead"]["facts"]["files"] == answer["facts"]["files"]


@pytest.mark.parametrize(
    "facts", [{"hostname": "other"}, {"default_address": "192.0.2.11"}, {"hostname": "cp1.example.com"}]
)
def test_a_host_that_is_not_what_the_inventory_says(
    node_facts: t.Callable[..., Facts], answer: Facts, facts: Facts
) -> None:
    """Breaks hosts of another name: what is true of another configuration would be taken for theirs."""
    answer["facts"]["answers"]["config"] = node_facts(**{"hostname": "cp1", "default_address": "192.0.2.10", **facts})
    first = _config(answer, HOST)
    second = act("init_read", {"config": first.result}, HOST, {"facts": {"files": {}, "answers": {}}}, role="init")
    assert len(second.trips) == 1


def test_a_second_run_in_one_play_asks_the_host_what_it_is(node_facts: t.Callable[..., Facts], answer: Facts) -> None:
    """Breaks role init after a rescue, or after a role of a phase: the host has another CA, socket or kubelet meanwhile."""
    first = _config(answer, HOST, "certs").result
    now = copy.deepcopy(answer)
    now["facts"]["answers"]["config"] = node_facts(hostname="cp1", default_address="192.0.2.10", external_ca=True)
    second = act("init_read", {"config": first}, HOST, now, role="init")
    assert list((second.shipped or {})["questions"])[:2] == ["config", "preflight"]
    assert first["resolved"]["node"]["external_ca"] is False
    assert second.result["config"]["resolved"]["node"]["external_ca"] is True
    now["facts"]["answers"]["config"]["hostname"] = "cp2"
    renamed = act("init_read", {"config": first}, HOST, now, copy.deepcopy(answer), role="init")
    assert [next(iter(given["questions"])) for _name, given in renamed.trips] == ["config", "preflight"]
    same = act("init_read", {"config": first}, HOST, copy.deepcopy(answer), role="init")
    assert (len(same.trips), same.result["config"]["resolved"]) == (1, first["resolved"])
    # What ends a run is asked by the configuration with which it began.
    end = act("init_read", {"config": first, "phases": ["show_join"]}, HOST, copy.deepcopy(answer), role="init")
    assert (list((end.shipped or {})["questions"]), "config" in end.result) == (["show_join"], False)


@pytest.mark.parametrize("lost", [{"failed": True, "msg": "why"}, {"unreachable": True, "msg": "why"}])
def test_a_host_that_is_away_meanwhile(answer: Facts, lost: Facts) -> None:
    """Breaks the cause where a host that has answered before does not any more."""
    first = _config(answer, HOST, "certs").result
    result = act("init_read", {"config": first}, HOST, lost, role="init").result
    assert {key: result[key] for key in lost} == lost


def test_a_password_stays_and_is_not_shown(node_facts: t.Callable[..., Facts], answer: Facts) -> None:
    """Breaks manifests, into which a proxy without its password would be written, or shows it with -v."""
    answer["facts"]["answers"]["config"] = node_facts(
        hostname="cp1", default_address="192.0.2.10", proxy_environment={"HTTPS_PROXY": "http://bob:s3cret@proxy:3128"}
    )
    first = _config(answer, {**HOST, "ansible_run_tags": ["etcd"]}, "certs")
    assert (first.hidden, first.result["_ansible_no_log"]) == (True, True)
    variables = {**HOST, "ansible_run_tags": ["etcd"], "kubewright_pod_subnet": "10.244.0.0/16"}
    second = act(
        "init_read", {"config": first.result}, variables, copy.deepcopy(answer), copy.deepcopy(answer), role="init"
    )
    assert (second.hidden, second.result["_ansible_no_log"]) == (True, True)
    third = act("cluster_config", {"earlier": second.result["config"]}, variables, role="init").result
    assert third["resolved"]["node"]["proxy_environment"] == {"HTTPS_PROXY": "http://bob:s3cret@proxy:3128"}
    read = act("host_read", {"config": third, "phases": ["etcd"]}, variables, {"facts": {"files": {}}}).result
    assert read["_ansible_no_log"] is True


def test_a_mark_tells_nothing_of_a_token(answer: Facts) -> None:
    """Breaks a declared token: a mark that is shown would let guesses of its secret half be tried."""
    marks = set()
    for secret in (SECRET, SECRET[::-1]):
        tokens = {"kubewright_bootstrap_tokens": [{"token": f"abcdef.{secret}"}]}
        action = _config(answer, {**HOST, **tokens, "ansible_run_tags": ["bootstrap_token"]})
        marks.add(action.result["ahead"]["mark"])
    assert len(marks) == 1


@pytest.mark.parametrize(
    "facts",
    [
        None,
        [],
        {},
        {"answers": None},
        {"answers": {}},
        {"files": {}, "answers": {"config": 1}},
        {"files": {}, "answers": {"config": {}}},
        {"files": []},
        {"since_clock": "x"},
        {"api": "x"},
        {"api": {"answers": True, "error": "", "objects": []}},
        {"kubelet": []},
    ],
)
def test_an_answer_of_another_shape(answer: Facts, facts: t.Any) -> None:
    """Breaks with a traceback where something stands between this collection and the host, or the host is hostile."""
    is_part = isinstance(facts, dict) and "answers" not in facts and facts
    odd = {"facts": {**answer["facts"], **facts} if is_part else facts}
    result = _config(odd, HOST).result
    assert result["failed"] is True
    assert "the host answers in another way" in result["msg"]


@pytest.mark.parametrize("role", ["", "certs"])
def test_only_role_init_reads_ahead(answer: Facts, role: str) -> None:
    """Breaks the roles of the phases: each reads what it needs itself, and others may have changed what was read before."""
    alone = _config(answer, HOST, role)
    assert list((alone.shipped or {})["questions"]) == ["config"]
    assert "ahead" not in alone.result
    # What was read for init is not taken elsewhere.
    first = _config(answer, HOST)
    again = act("init_read", {"config": first.result}, HOST, copy.deepcopy(answer), role=role)
    assert len(again.trips) == 1


def test_input_that_is_refused(answer: Facts) -> None:
    """Breaks messages: what is wrong is to be told with what the host says, once."""
    refused = _config(answer, {**HOST, "kubewright_bind_port": 0, "kubewright_service_subnet": "x"})
    assert {fault["path"] for fault in refused.result["faults"]} == {
        "kubewright_bind_port",
        "kubewright_service_subnet",
    }
    assert list((refused.shipped or {})["questions"]) == ["config"]


@pytest.mark.parametrize("lost", [{"failed": True, "msg": "why"}, {"unreachable": True, "msg": "why"}])
def test_a_host_that_cannot_be_asked(lost: Facts) -> None:
    """Breaks the cause where the host fails."""
    result = _config(lost, HOST).result
    assert {key: result[key] for key in lost} == lost
    assert "_ansible_no_log" not in result


def test_other_variables_are_resolved_anew(answer: Facts) -> None:
    """Breaks a play in which two roles are told different things: what was read for one would be the other's."""
    first = _config(answer, HOST)
    variables = {**HOST, "kubewright_certificates_dir": "/srv/pki"}
    second = act(
        "init_read", {"config": first.result}, variables, copy.deepcopy(answer), copy.deepcopy(answer), role="init"
    )
    assert len(second.trips) == 2
    slim = act("cluster_config", {"earlier": second.result["config"]}, variables)
    assert slim.trips == []
    assert slim.result["resolved"]["ClusterConfiguration"]["certificatesDir"] == "/srv/pki"


@pytest.mark.parametrize("kept", [None, "x", {}, {"mark": "0"}, {"mark": "0", "facts": "x", "between": [0, 1]}])
def test_what_others_hand_over_is_not_trusted(answer: Facts, kept: t.Any) -> None:
    """Breaks playbooks that hand over what is no result of cluster_config with a traceback."""
    first = _config(answer, HOST).result
    action = act("init_read", {"config": {**first, "ahead": kept}}, HOST, copy.deepcopy(answer), role="init")
    assert len(action.trips) == 1


def test_reading_for_named_phases(node_facts: t.Callable[..., Facts], answer: Facts) -> None:
    """Breaks the preflight of a fleet: each host would be asked twice; or a phase is given what is not true of its host."""
    answer["facts"]["answers"]["preflight"] = {"facts": {"swap": {"swaps": []}}, "identity": {}}
    action = _config(answer, HOST, "", read_for=["preflight"])
    assert list((action.shipped or {})["questions"]) == ["config", "preflight"]
    assert (len(action.trips), action.hidden, "ahead" in action.result) == (1, True, False)
    part = action.result["facts"]["preflight"]
    assert part["answers"]["preflight"]["facts"] == {"swap": {"swaps": []}}
    assert part["between"][0] <= part["between"][1] + 0.5
    answer["facts"]["answers"]["config"] = node_facts(hostname="other", default_address="192.0.2.10")
    assert "facts" not in _config(answer, HOST, "", read_for=["preflight"]).result
    hidden = _config(answer, {**HOST, "kubewright_node_name": "cp1"}, "", read_for=["show_join"])
    assert (hidden.result["_ansible_no_log"], hidden.hidden) == (True, True)
    assert hidden.result["join_facts"]["answers"]["show_join"]["token"] == f"abcdef.{SECRET}"
