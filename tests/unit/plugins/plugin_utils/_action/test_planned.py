# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phases that are read, planned and applied: how often the host is asked, and what is made of its answers."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import digest, meaning
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import mark
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.objects import wanted_objects
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import plan_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import that_write

MakeConfig = t.Callable[..., Config]
DONE = {"changed": True, "stale": [], "diff": []}
ETCD = "/etc/kubernetes/manifests/etcd.yaml"


def _facts(config: Config, *absent: str, active: bool = True) -> dict[str, t.Any]:
    """The facts of a host on which all files are as they are wanted, but for the absent ones."""
    files: dict[str, t.Any] = {}
    for phase in that_write("files"):
        for file in phase_files(phase, config):
            content = file.content.encode()
            found = {
                "digest": digest(content),
                "meaning": meaning(file.path, file.content),
                "mode": file.mode,
                "is_roots": True,
            }
            files[file.path] = None if file.path in absent else found
    return {"files": files, "kubelet": {"active": active, "error": ""}}


@pytest.fixture
def config(make_config: MakeConfig) -> Config:
    """A configuration."""
    return make_config("1.31.0")


def test_one_trip_where_nothing_changes(config: Config) -> None:
    """Breaks the time of a run that changes nothing."""
    action = act("host_files", {"phase": "etcd", "config": config.data}, {}, {"facts": _facts(config)})
    assert [module for module, _arguments in action.trips] == ["host_read"]
    assert action.shipped == {"config": {}, "paths": [ETCD], "kubelet": False}
    assert action.result == {"changed": False, "written": [], "contents": [], "replaced": [], "planned": []}


def test_no_trip_where_it_was_read_before(config: Config) -> None:
    """Breaks the time of init, which reads for all of its phases once."""
    arguments = {"phase": "etcd", "config": config.data, "read": _facts(config)}
    assert act("host_files", arguments, {}).trips == []
    partly = {"phase": "etcd", "config": config.data, "read": {"files": {}}}
    assert len(act("host_files", partly, {}, {"facts": _facts(config)}).trips) == 1


@pytest.mark.parametrize("read", [{}, {"files": None}, {"facts": {"files": {}}}])
def test_facts_that_are_none(config: Config, read: dict[str, t.Any]) -> None:
    """Breaks with a traceback where the whole result is passed, or something else."""
    result = act("host_files", {"phase": "etcd", "config": config.data, "read": read}, {}).result
    assert result["failed"]
    assert result["msg"].startswith("etcd: read: ")


def test_what_changes_is_applied(config: Config) -> None:
    """Breaks the run: what is planned is not what the host is told, or not what is returned."""
    arguments = {"phase": "etcd", "config": config.data, "read": _facts(config, ETCD)}
    action = act("host_files", arguments, {}, DONE)
    [(module, shipped)] = action.trips
    assert (module, shipped["phase"]) == ("host_apply", "etcd")
    assert [(change["kind"], change["path"], change["expected"]) for change in shipped["changes"]] == [
        ("write_file", ETCD, None)
    ]
    assert (action.result["changed"], action.result["written"], action.result["replaced"]) == (True, [ETCD], [])


@pytest.mark.parametrize("diff", [True, False])
def test_check_mode_says_what_the_run_says(config: Config, diff: bool) -> None:
    """Breaks the promise of check mode; the host is asked only for what is shown of it."""
    arguments = {"config": config.data, "read": _facts(config, "/var/lib/kubelet/config.yaml")}
    done = act("kubelet_start", arguments, {}, DONE).result
    planned = act("kubelet_start", arguments, {}, DONE, check=True, diff=diff)
    assert len(planned.trips) == diff
    assert {key: planned.result[key] for key in ("changed", "written", "started")} == {
        key: done[key] for key in ("changed", "written", "started")
    }
    assert done["started"]


def test_a_host_that_has_changed_is_read_and_planned_anew(config: Config) -> None:
    """Breaks when what somebody else has written meanwhile is overwritten unseen, or ends the run."""
    stale, mended = {"changed": False, "stale": [ETCD], "diff": []}, _facts(config)
    arguments = {"phase": "etcd", "config": config.data, "read": _facts(config, ETCD)}
    action = act("host_files", arguments, {}, stale, {"facts": mended})
    assert [module for module, _arguments in action.trips] == ["host_apply", "host_read"]
    assert (action.result["changed"], action.result["written"]) == (False, [])


def test_a_host_that_keeps_changing_is_left_alone(config: Config) -> None:
    """Breaks when a run goes on for ever beside another one that writes the same file."""
    stale, read = {"changed": False, "stale": [ETCD], "diff": []}, {"facts": _facts(config, ETCD)}
    result = act("host_files", {"phase": "etcd", "config": config.data}, {}, *[read, stale] * 3).result
    assert result["failed"]
    assert result["msg"].startswith(f"etcd: {ETCD} changed 3 times")


@pytest.mark.parametrize("answer", [{"unreachable": True}, {"failed": True, "msg": "etcd: why"}])
def test_a_host_that_fails(config: Config, answer: dict[str, t.Any]) -> None:
    """Breaks the cause when the host fails in reading or in writing, or says that files were written."""
    arguments = {"phase": "etcd", "config": config.data}
    for answers in ([answer], [{"facts": _facts(config, ETCD)}, answer]):
        result = act("host_files", arguments, {}, *answers).result
        assert {key: result[key] for key in answer} == answer
        assert "written" not in result


NODE = "Node cp1"


def _objects(config: Config, phase: str, **more: t.Any) -> dict[str, t.Any]:
    """The facts of a host whose API server has all objects of a phase as they are wanted. more: of the first of them."""
    usual = {"action": "unchanged", "version": "v", "shown": None, "error": ""}
    found = {item.mark(): dict(usual) for item in wanted_objects(phase, config)}
    found[next(iter(found))].update(more)
    return {"files": {}, "api": {"answers": True, "error": "", "objects": found}}


def _unanswered(error: str = "") -> dict[str, t.Any]:
    return {"files": {}, "api": {"answers": False, "error": error, "objects": {}}}


def _shown(name: str, action: str = "updated") -> dict[str, t.Any]:
    return {"name": name, "action": action, "before": "old\n", "after": "new\n"}


def _diff(name: str) -> dict[str, str]:
    return {"before_header": name, "after_header": name, "before": "old\n", "after": "new\n"}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("phase", ["upload_config", "mark_control_plane", "addons", "bootstrap_token"])
def test_no_trip_where_no_object_changes(config: Config, phase: str, check: bool) -> None:
    """Breaks the time of an init that changes nothing: its one look at the host says so for all phases."""
    name = "bootstrap_token" if phase == "bootstrap_token" else "kube_apply"
    given = {} if phase == "bootstrap_token" else {"phase": phase}
    action = act(name, {**given, "config": config.data, "read": _objects(config, phase)}, {}, check=check)
    assert action.trips == []
    assert action.result == {"changed": False, "objects": {}, "diff": [], "planned": []}


def test_all_phases_are_read_in_one_trip(config: Config) -> None:
    """Breaks the time of init: each object is asked for with the mark by which its phase looks for it."""
    action = act("host_read", {"config": config.data}, {}, {"facts": {}})
    [(module, shipped)] = action.trips
    assert module == "host_read"
    assert shipped["api"]["server"] == "https://192.0.2.10:6443"
    marks = [item["mark"] for item in shipped["objects"]]
    assert len(set(marks)) == len(marks)
    assert marks == [item.mark() for phase in that_write("objects") for item in wanted_objects(phase, config)]


@pytest.mark.parametrize(
    ("name", "arguments", "count"),
    [
        ("kube_apply", {"phase": "mark_control_plane"}, 1),
        # A token, the rules and cluster-info.
        ("bootstrap_token", {}, 9),
    ],
)
def test_all_is_shipped_in_one_call(config: Config, name: str, arguments: dict[str, t.Any], count: int) -> None:
    """Breaks a phase: its objects do not reach the host, or need more than one trip."""
    action = act(name, dict(arguments, config=config.data), {}, {"facts": _unanswered()}, {**DONE, "objects": {}})
    [(read, asked), (apply, shipped)] = action.trips
    assert (read, apply) == ("host_read", "objects_apply")
    assert len(asked["objects"]) == count
    assert len(shipped["changes"]) == count
    made = [[key for key in ("manifest", "token", "cluster_info") if item[key]] for item in shipped["changes"]]
    assert all(len(found) == 1 for found in made)


def test_no_server_is_asked_where_no_object_is_wanted(config: Config) -> None:
    """Breaks when the phases of the files look at an API server."""
    phases = list(that_write("files"))
    action = act("host_read", {"config": config.data, "phases": phases}, {}, {"facts": {}})
    assert action.shipped is not None
    assert not {"objects", "api"} & set(action.shipped)


def test_the_first_init_has_one_trip_for_each_phase(config: Config) -> None:
    """Breaks the time of the first run: nothing was known when the host was read, and the applier looks for itself."""
    arguments = {"phase": "mark_control_plane", "config": config.data, "read": _unanswered()}
    done = {**DONE, "objects": {NODE: "updated"}, "diff": [_diff(NODE)]}
    action = act("kube_apply", arguments, {}, done)
    [(module, shipped)] = action.trips
    assert (module, shipped["phase"]) == ("objects_apply", "mark_control_plane")
    assert shipped["api"] == {"server": "https://192.0.2.10:6443", "timeout": 60.0}
    assert [change["unseen"] for change in shipped["changes"]] == [True]
    assert (action.result["changed"], action.result["objects"]) == (True, {NODE: "updated"})


@pytest.mark.parametrize("diff", [True, False])
def test_check_mode_shows_what_was_read(config: Config, diff: bool) -> None:
    """Breaks the promise of check mode, which ends with the plan: the result is that of the run, and no host is asked."""
    facts = _objects(config, "mark_control_plane", action="updated", shown=_shown(NODE))
    arguments = {"phase": "mark_control_plane", "config": config.data, "read": facts}
    planned = act("kube_apply", arguments, {}, check=True, diff=diff)
    done = act("kube_apply", arguments, {}, {**DONE, "objects": {NODE: "updated"}, "diff": [_diff(NODE)]})
    assert (len(planned.trips), len(done.trips)) == (0, 1)
    assert {key: planned.result[key] for key in ("changed", "objects", "diff")} == {
        key: done.result[key] for key in ("changed", "objects", "diff")
    }


def test_check_mode_before_there_is_a_server(config: Config) -> None:
    """Breaks the plan for a blank host: every object counts as created."""
    arguments = {"phase": "upload_config", "config": config.data, "read": _unanswered()}
    action = act("kube_apply", arguments, {}, check=True)
    assert action.trips == []
    assert set(action.result["objects"].values()) == {"created"}
    assert action.result["objects"]["ConfigMap kube-system/kubeadm-config"] == "created"
    assert len(action.result["diff"]) == len(action.result["objects"]) == len(wanted_objects("upload_config", config))


def test_a_server_that_answers_with_an_error(config: Config) -> None:
    """Breaks the cause in check mode, or a run that could wait for the server to recover."""
    error = "the API server answered 503: starting"
    arguments = {"phase": "addons", "config": config.data, "read": _unanswered(error)}
    again = {"facts": _unanswered(error)}
    planned = act("kube_apply", arguments, {}, again, check=True)
    assert planned.result["msg"] == f"addons: {error}"
    action = act("kube_apply", arguments, {}, again, {**DONE, "objects": {}})
    assert [module for module, _arguments in action.trips] == ["host_read", "objects_apply"]


def test_what_was_changed_before_an_object_was_stale_is_told(config: Config) -> None:
    """Breaks changed, objects and diff where half of a phase was done by the first plan and half by the second."""
    first, second = "ConfigMap kube-system/one", "ConfigMap kube-system/two"
    facts = _objects(config, "upload_config", action="updated", shown=_shown(second))
    stale = {"changed": True, "stale": [second], "objects": {first: "created"}, "diff": [_diff(first)]}
    arguments = {"phase": "upload_config", "config": config.data, "read": facts}
    done = {**DONE, "objects": {second: "updated"}, "diff": [_diff(second)]}
    action = act("kube_apply", arguments, {}, stale, {"facts": facts}, done)
    assert [module for module, _arguments in action.trips] == ["objects_apply", "host_read", "objects_apply"]
    assert action.result["objects"] == {first: "created", second: "updated"}
    assert action.result["diff"] == [_diff(first), _diff(second)]
    mended = act("kube_apply", arguments, {}, stale, {"facts": _objects(config, "upload_config")}).result
    assert (mended["changed"], mended["objects"]) == (True, {first: "created"})
    assert not mended.get("stale")


def test_objects_that_keep_changing_are_left_alone(config: Config) -> None:
    """Breaks when a run goes on for ever beside another one that writes the same object."""
    facts = _objects(config, "mark_control_plane", action="updated", shown=_shown(NODE))
    stale = {"changed": False, "stale": [NODE], "objects": {}, "diff": []}
    arguments = {"phase": "mark_control_plane", "config": config.data}
    result = act("kube_apply", arguments, {}, *[{"facts": facts}, stale] * 3).result
    assert result["msg"].startswith(f"mark_control_plane: {NODE} changed 3 times")


@pytest.mark.parametrize(
    "read",
    [
        {},
        {"files": []},
        {"files": {}, "api": "x"},
        {"files": {}, "api": {}},
        {"files": {}, "api": {"answers": False}},
        {"files": {}, "api": {"answers": True, "error": "", "objects": None}},
        {"files": {}, "api": {"answers": True, "error": "", "objects": []}},
        {"files": {}, "kubelet": True},
    ],
)
@pytest.mark.parametrize("module", ["kube_apply", "kubelet_start"])
def test_what_is_no_read_is_said(config: Config, module: str, read: dict[str, t.Any]) -> None:
    """Breaks with a traceback where a playbook passes something else as what was read."""
    phase = {"phase": "addons"} if module == "kube_apply" else {}
    result = act(module, {"config": config.data, "read": read, **phase}, {}).result
    assert (result["failed"], "read: pass the facts" in result["msg"]) == (True, True)


def test_a_file_that_cannot_be_read_is_said_by_its_phase(config: Config) -> None:
    """Breaks the phases that have nothing to do with it, where all is read at once."""
    read = {"files": {"/etc/kubernetes/manifests/etcd.yaml": {"problem": "etcd.yaml cannot be read: Is a directory."}}}
    result = act("host_files", {"phase": "etcd", "config": config.data, "read": read}, {}).result
    assert result["msg"] == "etcd: etcd.yaml cannot be read: Is a directory."


def test_what_was_carried_out_with_another_phase(config: Config) -> None:
    """Breaks the time of the first run: the host is asked again for what is done."""
    facts = _facts(config, ETCD)
    carried = {**DONE, "mark": mark(plan_of("etcd", config).changes(facts)), "seconds": 0.1}
    arguments = {"phase": "etcd", "config": config.data, "read": facts, "carried": carried}
    action = act("host_files", arguments, {})
    assert action.trips == []
    told = {"carried_by": "certs", "seconds": 0.1}
    planned = [{"artefact": ETCD, "action": "create", "reason": "it is absent", "fields": []}]
    assert action.result == {**DONE, **told, "written": [ETCD], "contents": [ETCD], "replaced": [], "planned": planned}
    failed = {"failed": True, "msg": "etcd: why", "mark": carried["mark"]}
    assert act("host_files", {**arguments, "carried": failed}, {}).result["msg"] == "etcd: why"


def test_what_was_carried_out_is_another_thing(config: Config) -> None:
    """Breaks a task that sees other variables, or check mode: it says that something was done that was not."""
    arguments = {"phase": "etcd", "config": config.data, "read": _facts(config, ETCD), "carried": {**DONE, "mark": "x"}}
    assert len(act("host_files", arguments, {}, DONE).trips) == 1
    assert len(act("host_files", {**arguments, "carried": {}}, {}, DONE).trips) == 1


def test_a_phase_that_was_carried_out_in_part(config: Config) -> None:
    """Breaks a host that has changed since it was read: the phase is read and planned anew, as where it runs alone."""
    facts = _facts(config, ETCD)
    carried = {"changed": False, "stale": [ETCD], "diff": [], "mark": mark(plan_of("etcd", config).changes(facts))}
    arguments = {"phase": "etcd", "config": config.data, "read": facts, "carried": carried}
    action = act("host_files", arguments, {}, {"facts": facts}, DONE)
    assert [module for module, _arguments in action.trips] == ["host_read", "host_apply"]
    assert action.result["changed"]


def _differing(config: Config) -> dict[str, t.Any]:
    """The facts of a host whose etcd has another manifest."""
    facts = _facts(config)
    facts["files"][ETCD].update(meaning="another", digest="0a")
    return facts


def test_what_goes_is_kept_before(config: Config) -> None:
    """Breaks the way back: a manifest is written of which nobody has kept the one before."""
    arguments = {"phase": "etcd", "config": config.data, "read": _differing(config)}
    action = act("host_files", arguments, {}, {"changed": False, "kept": [ETCD]}, DONE)
    assert [module for module, _given in action.trips] == ["host_keep", "host_apply"]
    kept = action.trips[0][1]
    assert (kept["phase"], kept["paths"], kept["lock_timeout"]) == ("etcd", [ETCD], 120.0)
    assert kept["control_plane"]["cri_socket"] == config.cri_socket
    assert action.result["replaced"] == [ETCD]


def test_what_has_no_way_back_is_said(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks trust in the way back: a component that is not healthy is changed, and nobody is told that nothing was kept."""
    arguments = {"phase": "etcd", "config": config.data, "read": _differing(config)}
    action = act("host_files", arguments, {}, {"changed": False, "kept": [], "without": ["etcd"]}, DONE)
    assert action.result["changed"]
    assert "etcd: etcd is not healthy now." in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("lost", [{"failed": True, "msg": "another run is at work"}, {"unreachable": True}])
def test_where_nothing_can_be_kept_nothing_is_changed(config: Config, lost: dict[str, t.Any]) -> None:
    """Breaks the way back, and the cause."""
    arguments = {"phase": "etcd", "config": config.data, "read": _differing(config)}
    action = act("host_files", arguments, {}, lost)
    assert len(action.trips) == 1
    assert {key: action.result[key] for key in lost} == lost


def test_a_plan_keeps_nothing(config: Config) -> None:
    """Breaks check mode, which would write."""
    arguments = {"phase": "etcd", "config": config.data, "read": _differing(config)}
    action = act("host_files", arguments, {}, DONE, check=True, diff=True)
    assert [module for module, _given in action.trips] == ["host_apply"]


@pytest.mark.parametrize("wanted", [True, False])
def test_what_differs_is_looked_at_where_the_plan_is_to_say_it(config: Config, wanted: bool) -> None:
    """Breaks the plan that is written: it says nothing of what differs without C(--diff); or every check takes more time."""
    read = _facts(config)
    read["files"][ETCD]["meaning"] = "another"
    config.data["controller"]["planFields"] = wanted
    arguments = {"phase": "etcd", "config": config.data, "read": read}
    diff = [{"before_header": ETCD, "after_header": ETCD, "before": "a: [--v=1]\n", "after": "a: [--v=2]\n"}]
    action = act("host_files", arguments, {}, {**DONE, "diff": diff}, check=True)
    assert len(action.trips) == int(wanted)
    change, restart, _api_server = action.result["planned"]
    assert change["fields"] == ([{"name": "--v", "before": "1", "after": "2"}] if wanted else [])
    assert restart == {"artefact": "etcd", "action": "restart", "reason": "its manifest changes", "fields": []}
    # What is made has nothing before it.
    absent = act("host_files", {**arguments, "read": _facts(config, ETCD)}, {}, check=True)
    assert absent.trips == []


def test_how_long_a_restart_took_the_last_time(config: Config) -> None:
    """Breaks the plan: what was read with all the rest does not come to the row that it is of."""
    read = {**_facts(config), "away": {"etcd": 20.5}}
    read["files"][ETCD]["meaning"] = "another"
    action = act("host_files", {"phase": "etcd", "config": config.data, "read": read}, {}, check=True)
    assert [row.get("away_seconds") for row in action.result["planned"]] == [None, 20.5, None]
