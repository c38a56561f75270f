# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What init hands on from one phase to another."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from any_core import trust_as_template

ROLES = pathlib.Path(__file__).parents[3] / "roles"
ROLE = ROLES / "init"
API = {"answers": True, "error": "", "objects": {"m": {"action": "unchanged"}}}
OF_WAIT = {"files": {}, "answers": {}, "api": API}
READ = {
    "wait_control_plane": OF_WAIT,
    "addons": {"files": {}, "api": API},
    "kubeconfig": {"files": {}, "credentials": {"a": 1}},
    "kubelet_finalize": {"files": {}, "credentials": {"a": 1}, "api": {"answers": True, "error": ""}},
}
JOIN = {"files": {}, "answers": {"show_join": {}}}


DEFAULTS = yaml.safe_load((ROLES / "config/defaults/main.yml").read_text())
VARIABLES = yaml.safe_load((ROLE / "vars/main.yml").read_text())
(WHOLE,) = yaml.safe_load((ROLE / "tasks/main.yml").read_text())
TASKS = WHOLE["block"]
STARTED = ["audit", "etcd", "control_plane", "kubelet_start"]
OBJECTS = ["upload_config", "mark_control_plane", "bootstrap_token", "addons"]


def _templated(text: str, **known: t.Any) -> t.Any:
    """A template in the role, where some results are known."""
    own = {key: trust_as_template(value) if isinstance(value, str) else value for key, value in VARIABLES.items()}
    variables = {**DEFAULTS, **own, **known}
    return Templar(loader=DataLoader(), variables=variables).template(trust_as_template(text))


def _read_of(what: str, check: bool, **results: t.Any) -> t.Any:
    """The facts that phases get, by the results of the phases before them."""
    known = {"__init_read_result": {**DEFAULTS["__init_read_result"], "facts": READ, "join_facts": JOIN}, **results}
    return _templated("{{ __init_read_of_" + what + " }}", __config_result={"check_mode": check}, **known)


def _given(phase: str) -> dict[str, t.Any]:
    """The variables that a phase is given."""
    task = next(task for task in TASKS if task["name"] == f"Phase {phase}")
    return t.cast("dict[str, t.Any]", task["vars"])


def _read_of_objects(check: bool, **results: t.Any) -> t.Any:
    known = {"__init_read_result": {**DEFAULTS["__init_read_result"], "facts": READ}, **results}
    return _templated(_given("addons")["__read"], __config_result={"check_mode": check}, **known)


# Before ansible-core 2.19 a template whose value is null is an empty text.
UNREAD = (None, "")
NOTHING: dict[str, t.Any] = {"__init_read_result": DEFAULTS["__init_read_result"]}


@pytest.mark.parametrize(
    "results",
    [
        {},
        {"__etcd_result": {"changed": False}, "__control_plane_result": {"changed": False}},
        {"__kubelet_start_result": {"skipped": True, "changed": False}},
        {"__etcd_result": {"skip_reason": "x"}},
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_what_was_read_holds_where_nothing_has_changed(results: dict[str, t.Any], check: bool) -> None:
    """Breaks the time of a run that changes nothing: each phase of objects would look at the host again."""
    assert _read_of_objects(check, **results) == READ["addons"]
    assert _read_of("carried", check, **results) == OF_WAIT


@pytest.mark.parametrize("name", ["__etcd_result", "__control_plane_result", "__kubelet_start_result"])
def test_what_was_read_says_nothing_of_another_control_plane(name: str) -> None:
    """Breaks a cluster whose etcd is another one now: objects that are gone would count as there.

    In check mode the old one still runs.
    """
    unknown = {"files": {}, "api": {**API, "answers": False}}
    assert _read_of_objects(False, **{name: {"changed": True}}) == unknown
    assert _read_of("carried", False, **{name: {"changed": True}}) == unknown
    assert _read_of_objects(True, **{name: {"changed": True}}) == READ["addons"]


def test_where_nothing_was_read() -> None:
    """Breaks --skip-tags with the tag of a phase that is read for: every phase after it would fail."""
    changed = {"__etcd_result": {"changed": True}}
    assert _read_of_objects(False, **NOTHING, **changed) in UNREAD
    for what in ("carried", "health", "join", "kubeconfigs", "kubelet_conf"):
        assert _read_of(what, False, **NOTHING) in UNREAD
        assert _read_of(what, False, **NOTHING, **changed) in UNREAD


@pytest.mark.parametrize("name", ["__certs_result", "__kubeconfig_result", "__kubelet_start_result"])
def test_what_was_read_says_nothing_of_a_new_kubelet_conf(name: str) -> None:
    """Breaks the first run: the kubelet has its own certificate only after it was given its kubeconfig."""
    assert _read_of("kubelet_conf", False, **{name: {"changed": True}}) == {"files": {}}
    assert _read_of("kubelet_conf", True, **{name: {"changed": True}}) == READ["kubelet_finalize"]
    assert _read_of("kubelet_conf", False, **{name: {"changed": False}}) == READ["kubelet_finalize"]


@pytest.mark.parametrize("api", [{"answers": False, "error": ""}, None])
def test_a_kubelet_gets_its_certificate_when_the_api_server_answers(api: dict[str, t.Any] | None) -> None:
    """Breaks a run that goes on with one which was cut off: the certificate comes after the host was read."""
    silent = {"files": {}, **({"api": api} if api is not None else {})}
    read = {"__init_read_result": {**DEFAULTS["__init_read_result"], "facts": {"kubelet_finalize": silent}}}
    assert _read_of("kubelet_conf", False, **read) == {"files": {}}
    assert _read_of("kubelet_conf", True, **read) == silent


def test_kubeconfigs_are_planned_by_the_ca_that_was_just_made() -> None:
    """Breaks a blank host where the phases certs and kubeconfig run apart, as with a tag of the play's: there is no CA."""
    assert _read_of("kubeconfigs", False, __certs_result={"changed": True}) == {"files": {}}
    assert _read_of("kubeconfigs", True, __certs_result={"changed": True}) == READ["kubeconfig"]
    assert _read_of("kubeconfigs", False, __certs_result={"changed": False}) == READ["kubeconfig"]
    assert _read_of("kubeconfigs", False) == READ["kubeconfig"]


@pytest.mark.parametrize(
    "name",
    [
        "__certs_result",
        "__kubeconfig_result",
        "__etcd_result",
        "__control_plane_result",
        "__kubelet_start_result",
        "__component_restart_result",
    ],
)
def test_nothing_is_known_to_be_well_that_has_changed(name: str) -> None:
    """Breaks the wait: a control plane that has just been changed counts as healthy, because it was before."""
    assert _read_of("health", False, **{name: {"changed": True}}) == {"files": {}}
    assert _read_of("health", False, **{name: {"changed": False}}) == OF_WAIT


@pytest.mark.parametrize(
    "name",
    ["__certs_result", "__etcd_result", "__control_plane_result", "__kubelet_start_result", "__bootstrap_token_result"],
)
def test_nodes_join_by_what_is_there_at_the_end(name: str) -> None:
    """Breaks the join command: with the hash of a CA that was replaced, or without the token that was just made."""
    assert _read_of("join", False, **{name: {"changed": True}}) == {"files": {}}
    assert _read_of("join", True, **{name: {"changed": True}}) == JOIN
    assert _read_of("join", False, **{name: {"changed": False}}) == JOIN


def test_the_wait_tells_how_nodes_join() -> None:
    """Breaks the time of the first run; or the join command, with a token from before the one that was made after the wait."""
    told = {"files": {}, "answers": {"show_join": {"token_id": "abcdef"}}}
    known: dict[str, t.Any] = {"__wait_apiserver_result": {"join_facts": told}, "__etcd_result": {"changed": True}}
    assert _read_of("join", False, **known) == told
    carried = {"changed": True, "carried_by": "wait_control_plane"}
    assert _read_of("join", False, **known, __bootstrap_token_result=carried) == told
    assert _read_of("join", False, **known, __bootstrap_token_result={"changed": True}) == {"files": {}}


def test_what_was_read_again_counts() -> None:
    """Breaks the time of a run whose wait has not seen to the last phases; or they go by what was before."""
    again, changed = {"files": {"b": None}}, {"__kubelet_start_result": {"changed": True}}
    read = {"facts": {"kubelet_finalize": again}, "join_facts": again}
    for what in ("kubelet_conf", "join"):
        assert _read_of(what, False, __init_read_again_result=read, **changed) == again
        assert _read_of(what, False, __init_read_again_result={"skipped": True}, **changed) == {"files": {}}


@pytest.mark.parametrize(
    ("results", "check", "is_read"),
    [
        ({}, False, False),
        ({"__etcd_result": {"changed": True}}, False, True),
        ({"__etcd_result": {"changed": True}}, True, False),
        ({"__etcd_result": {"changed": True}, "__wait_apiserver_result": {"closed": True}}, False, False),
    ],
)
def test_when_the_host_is_read_again(results: dict[str, t.Any], check: bool, is_read: bool) -> None:
    """Breaks the time of the first run, or the last phases of one whose wait has not seen to them."""
    task = next(task for task in TASKS if task["name"] == "Read the host for the phases that end the run")
    assert (
        _templated("{{ true if " + task["when"] + " else false }}", __config_result={"check_mode": check}, **results)
        is is_read
    )


@pytest.mark.parametrize(
    ("certs", "together", "is_run"),
    [
        ({}, True, True),
        ({"changed": False}, True, True),
        ({"reasons": {}}, True, False),
        ({"reasons": {}}, False, True),
    ],
)
def test_when_kubeconfigs_are_written_apart(certs: dict[str, t.Any], together: bool, is_run: bool) -> None:
    """Breaks a run without the phase certs: nobody writes the kubeconfigs; or they are planned twice."""
    task = next(task for task in TASKS if task["name"] == "Phase kubeconfig")
    read = {**DEFAULTS["__init_read_result"], "together": {"kubeconfigs": together}}
    text = "{{ true if " + task["when"][1] + " else false }}"
    assert _templated(text, __init_read_result=read, __certs_result=certs) is is_run


def test_each_phase_takes_its_own_result() -> None:
    """Breaks a phase that would take what came of another one for its own."""
    phases = [task["name"].removeprefix("Phase ") for task in TASKS if task["name"].startswith("Phase ")]
    given = {phase: _given(phase)["__carried"] for phase in phases if "__carried" in _given(phase)}
    wait = [*OBJECTS, "kubelet_finalize"]
    assert set(given) == {*STARTED, *wait}
    results: dict[str, t.Any] = {
        "__certs_result": {"carried": {phase: {"of": phase} for phase in STARTED}},
        "__wait_apiserver_result": {"carried": {phase: {"of": phase} for phase in wait}},
    }
    for phase, text in given.items():
        assert _templated(text, **results) == {"of": phase}
        assert _templated(text) in UNREAD


def test_what_was_waived_is_listed() -> None:
    """Breaks the list of what a run went on in spite of, or a run without these phases."""
    own = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    text = next(task for task in TASKS if task["name"] == "List the errors that were waived")["vars"]["__init_waived"]
    assert _templated(text, **own) == []
    assert _templated(text, preflight_result={"waived": ["Swap"]}, images_result={"waived": ["ImagePull; a"]}) == [
        "Swap",
        "ImagePull; a",
    ]


def test_a_task_without_changes_needs_no_filter() -> None:
    """Breaks the time of every run: a filter or a test in a task takes as long as the rest of one that changes nothing."""
    files = [ROLE / "vars/main.yml", *ROLES.glob("*/tasks/main.yml")]
    texts = {str(path.relative_to(ROLES)): path.read_text() for path in files if path.parts[-3] != "render"}
    assert len(texts) > 15
    found = {name for name, text in texts.items() if re.search(r"\{\{[^}]*(\||\bis (not )?defined)", text)}
    assert found == set()


def test_the_plan_is_written_in_any_case() -> None:
    """Breaks the file of a run that fails, which would be missing; or takes time where nobody has asked for it."""
    (task,) = WHOLE["always"]
    assert task["tags"] == ["always"]
    # Once would be by the first host, which a condition of the role may leave out.
    assert "run_once" not in task
    assert (task["throttle"], task["delegate_to"], task["become"]) == (1, "localhost", False)
    assert task["kubewright.control_plane.plan_report"]["fail"] == "never"
    text = "{{ true if " + task["when"] + " else false }}"
    for path, is_written in ((None, False), ("plan.json", True)):
        known = {"resolved": {"controller": {"planFile": path}}}
        assert _templated(text, __config_result=known) is is_written
