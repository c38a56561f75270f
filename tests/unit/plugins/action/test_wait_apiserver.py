# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""wait_apiserver on the controller: what there is to wait for."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import api_of, plan_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.control_plane import control_plane

MakeConfig = t.Callable[..., Config]


def test_what_the_host_is_told(make_config: MakeConfig) -> None:
    """Breaks the wait: another control plane than the one of the configuration, or an option of the task is lost."""
    config = make_config("1.31.0")
    manifests = {
        "changed_manifests": ["/etc/kubernetes/manifests/etcd.yaml"],
        "written_manifests": ["/etc/kubernetes/manifests/x.yaml"],
    }
    arguments = {"config": config.data, "timeout": 7, **manifests}
    action = act("wait_apiserver", arguments, {})
    assert action.trips[0][1].pop("progress").startswith("/run/kubewright-")
    assert action.trips == [
        (
            "wait_apiserver",
            {**arguments, "config": {}, "control_plane": control_plane(config).plain(), "lock_timeout": 120.0},
        )
    ]
    assert act("wait_apiserver", {**arguments, "timeout": "x"}, {}).result["msg"].startswith("wait_apiserver: ")


@pytest.mark.parametrize("asks", [True, False])
def test_a_kubelet_that_was_given_a_token(make_config: MakeConfig, asks: bool) -> None:
    """Breaks the join: the token stays on the host, or another certificate counts; or a control plane of init waits for one."""
    join = {"server": "https://192.0.2.1:6443", "ca": "CA", "kubelet": "", "problem": "it is absent"}
    worker = dict(make_config("1.31.0", node_name="worker1").data, join=join)
    given = act("wait_apiserver", {"config": worker, "bootstrap": asks}, {}).trips[0][1]
    told = {"server": "https://192.0.2.1:6443", "ca": "CA", "node": "worker1"}
    assert given.get("bootstrapping") == (told if asks else None)
    initialised = act("wait_apiserver", {"config": make_config("1.31.0").data, "bootstrap": asks}, {}).trips[0][1]
    assert "bootstrapping" not in initialised


def test_a_failure_is_the_hosts(make_config: MakeConfig) -> None:
    """Breaks the cause of a wait that ends badly."""
    answer = {"failed": True, "msg": "wait_control_plane: not healthy", "replaced": ["etcd"]}
    result = act("wait_apiserver", {"config": make_config("1.31.0").data}, {}, answer).result
    assert {key: result[key] for key in answer} == answer


def _read(config: Config, served: t.Any) -> dict[str, t.Any]:
    asked = {"wait_control_plane": control_plane(config).plain()}
    seen = {"running": ["etcd"], "reasons": {}, "served": served}
    return {"files": {}, "asked": marks(asked), "answers": {"wait_control_plane": seen}}


def test_what_was_read_is_enough(make_config: MakeConfig) -> None:
    """Breaks the time of a run that changes nothing: it waits for what was well a moment ago."""
    config, served = make_config("1.31.0"), {"etcd": {"path": "/e"}}
    action = act("wait_apiserver", {"config": config.data, "read": _read(config, served)}, {})
    assert (action.trips, action.result["served"], action.result["changed"]) == ([], served, False)


@pytest.mark.parametrize(("served", "changed"), [(None, []), ({"etcd": {}}, ["/etc/kubernetes/manifests/etcd.yaml"])])
def test_what_was_not_well_is_waited_for(make_config: MakeConfig, served: t.Any, changed: list[str]) -> None:
    """Breaks a run on a control plane that is down, or whose manifest has changed: it would go on at once."""
    config = make_config("1.31.0")
    arguments = {"config": config.data, "read": _read(config, served), "changed_manifests": changed}
    assert [name for name, _arguments in act("wait_apiserver", arguments, {}).trips] == ["wait_apiserver"]


def test_check_mode_does_not_ask(make_config: MakeConfig) -> None:
    """Breaks the plan for a blank host, where nothing will ever answer."""
    action = act("wait_apiserver", {"config": make_config("1.31.0").data}, {}, check=True)
    assert (action.trips, action.result["seconds"], action.result["served"]) == ([], 0.0, {})


TOKEN = "abcdef.0123456789abcdef"
# As they are resolved.
GROUPS = ["system:bootstrappers:kubeadm:default-node-token"]
TOKENS = [{"token": TOKEN, "ttl": "24h0m0s", "usages": ["signing", "authentication"], "groups": GROUPS}]
BLANK: dict[str, t.Any] = {"files": {}, "api": {"answers": False, "error": "", "objects": {}}}


def test_the_objects_are_applied_at_once(make_config: MakeConfig) -> None:
    """Breaks the time of the first run, or the results that the phases take for theirs; no token is in a result."""
    config = make_config("1.31.0")
    marks_of = {item.mark(): {"shown": None} for item in plan_of("bootstrap_token", config, TOKENS).objects}
    read = {**BLANK, "api": {**BLANK["api"], "objects": marks_of}}
    arguments = {"config": config.data, "carry": ["addons", "upload_config", "bootstrap_token"], "carry_read": read}
    answer = {"changed": False, "carried": {"upload_config": {"changed": True}}}
    action = act("wait_apiserver", arguments, {"kubewright_bootstrap_tokens": [{"token": TOKEN}]}, answer)
    [(_name, shipped)] = action.trips
    assert [item["phase"] for item in shipped["objects"]] == ["upload_config", "bootstrap_token", "addons"]
    assert (shipped["secrets"], shipped["api"]) == ([TOKEN], api_of(config))
    assert not {"carry_read", "read"} & set(shipped)
    assert action.result["carried"]["upload_config"]["changed"]
    assert TOKEN not in str(action.result)


def test_nothing_is_known_of_the_objects(make_config: MakeConfig) -> None:
    """Breaks with a traceback where nothing was read, or something else is passed."""
    config = make_config("1.31.0")
    action = act("wait_apiserver", {"config": config.data, "carry": ["addons"]}, {}, {"changed": False})
    assert "objects" not in action.trips[0][1]
    assert action.result["carried"] == {}
    wrong = act("wait_apiserver", {"config": config.data, "carry": ["addons"], "carry_read": {"facts": {}}}, {})
    assert wrong.result["msg"].startswith("wait_control_plane: read: ")


JOINING = {"answers": True, "token_id": "abcdef", "token": TOKEN, "ca_hash": "sha256:0"}
CLOSED: dict[str, t.Any] = {
    "changed": False,
    "closed": True,
    "join": JOINING,
    "carried": {"kubelet_finalize": {"changed": True, "stale": []}},
}


def test_the_run_is_ended_at_once(make_config: MakeConfig) -> None:
    """Breaks the time of the first run, or its join command; the token of it is hidden, and a failure is not."""
    config = make_config("1.31.0")
    arguments = {
        "config": config.data,
        "carry": ["addons"],
        "carry_read": BLANK,
        "close": ["kubelet_finalize", "show_join"],
    }
    action = act("wait_apiserver", arguments, {}, dict(CLOSED))
    assert set(action.trips[0][1]["closing"]) == {"kubelet_conf", "join", "lock_timeout"}
    assert (action.hidden, action.result["_ansible_no_log"], "join" in action.result) == (True, True, False)
    assert action.result["join_facts"]["answers"] == {"show_join": JOINING}
    assert action.result["join_facts"]["asked"] == marks({"show_join": action.trips[0][1]["closing"]["join"]})
    assert action.result["carried"]["kubelet_finalize"]["mark"]
    for answer in ({"failed": True, "msg": "why"}, {"unreachable": True, "msg": "why"}):
        failed = act("wait_apiserver", arguments, {}, answer).result
        assert (failed["msg"], failed.get("_ansible_no_log")) == ("why", None)


def test_warnings_are_not_hidden(make_config: MakeConfig) -> None:
    """Breaks the warning that the kubelet was restarted: the result that holds a token is shown nowhere."""
    arguments = {"config": make_config("1.31.0").data, "carry_read": BLANK, "close": ["show_join"]}
    result = act("wait_apiserver", arguments, {}, {**CLOSED, "warnings": ["restarted"]}).result
    assert result["warnings"] == ["restarted"]
    assert not {"join", "join_facts", "_ansible_no_log"} & set(result)


def test_a_run_is_not_ended_before_all_objects_are_known(make_config: MakeConfig) -> None:
    """Breaks the join command: it would be made before the phase that makes the token."""
    config = make_config("1.31.0")
    arguments = {"config": config.data, "carry": ["bootstrap_token"], "close": ["show_join"]}
    unknown: dict[str, t.Any] = {"files": {}, "api": {"answers": True, "error": "", "objects": {}}}
    for read in (None, unknown):
        given = {**arguments, **({} if read is None else {"carry_read": read})}
        assert "closing" not in act("wait_apiserver", given, {}).trips[0][1]


@pytest.mark.parametrize(
    ("carry", "close", "fails"), [([], [], False), (["bootstrap_token"], [], True), ([], ["show_join"], True)]
)
def test_tokens_are_looked_up_where_they_are_needed(
    make_config: MakeConfig, carry: list[str], close: list[str], fails: bool
) -> None:
    """Breaks a wait of a site's own play, where a vault of tokens is not open: it has nothing to do with them."""
    variables = {"kubewright_bootstrap_tokens": "not a list"}
    arguments = {"config": make_config("1.31.0").data, "carry_read": BLANK, "carry": carry, "close": close}
    assert bool(act("wait_apiserver", arguments, variables).result.get("failed")) is fails
