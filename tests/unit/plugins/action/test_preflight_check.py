# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""preflight_check on the controller: what is asked of a host, and what is made of its answer."""

from __future__ import annotations

import json
import time
import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.action import preflight_check
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.all import gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.all import questions, run_checks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check

MEM = Check("Mem", "error", False, "1 MB", "1700 MB", "Give it more.")
IDENTITY = {"hostname": "cp1", "node_name": "cp1", "machine_id": "x", "product_uuid": None}


def _answer(config: t.Any) -> dict[str, t.Any]:
    """What the module returns of this machine, as it travels."""
    facts = gather(InspectedHost(lambda argv: Result(127, "", f"{argv[0]}: not run")), questions(config))
    answer = {"changed": False, "facts": facts, "identity": facts["identity"]}
    return t.cast("dict[str, t.Any]", json.loads(json.dumps(answer)))


def test_only_questions_travel(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks when the configuration, or an option that only the controller heeds, is sent to hosts."""
    config = make_config("1.31.0")
    arguments = {"config": config.data, "ignore": ["all"], "fail": False}
    [(name, given)] = act("preflight_check", arguments, {}, {"unreachable": True}).trips
    assert name == "preflight_check"
    assert given == {"config": {}, "questions": questions(config)}


@pytest.mark.parametrize("facts", [False, True])
def test_what_is_returned(make_config: t.Callable[..., t.Any], facts: bool) -> None:
    """Breaks playbooks that read the result: its checks in their order, and the facts only where they are asked for."""
    config = make_config("1.31.0")
    answer = _answer(config)
    arguments = {"config": config.data, "ignore": ["all"], "facts": facts}
    result = act("preflight_check", arguments, {}, answer).result
    expected = [check.name for check in run_checks(config, answer["facts"])]
    assert [row["name"] for row in result["checks"]] == [*expected, "ClockSkew"]
    assert set(result["checks"][0]) == {"name", "severity", "passed", "ignored", "found", "wanted", "cure"}
    assert set(result["identity"]) == {"hostname", "node_name", "machine_id", "product_uuid", "clock_offset"}
    assert not result["changed"]
    assert result.get("facts") == (answer["facts"] if facts else None)
    errors = [row for row in result["checks"] if not row["passed"] and row["severity"] == "error"]
    assert result["waived"] == ["{name}; {found}".format(**row) for row in errors]


@pytest.mark.parametrize(
    ("ignore", "configured", "ignored"),
    [
        (None, [], False),
        (None, ["kubeletversion"], True),
        (["KUBELETVERSION"], [], True),
        ([], ["KubeletVersion"], False),
    ],
)
def test_waivers(
    make_config: t.Callable[..., t.Any], ignore: list[str] | None, configured: list[str], ignored: bool
) -> None:
    """K2: breaks when the option does not win over the configuration."""
    config = make_config("1.31.0", facts={"kubelet_version": None}, ignore_preflight_errors=configured)
    given = {"config": config.data, "ignore": ignore, "fail": False}
    run = act("preflight_check", given, {}, _answer(config))
    found = {item["name"]: item for item in run.result["checks"]}
    assert not found["KubeletVersion"]["passed"]
    assert found["KubeletVersion"]["ignored"] == ignored
    assert not found["Swap"]["ignored"]
    assert "facts" not in run.result


def test_warnings_that_are_errors(make_config: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks kubewright_preflight_errors: the warnings that it names are to stop a run."""
    monkeypatch.setattr(preflight_check, "run_checks", lambda _config, _facts: [MEM._replace(severity="warning")])
    answer = {"changed": False, "facts": {}, "identity": {}}
    config = make_config("1.31.0", preflight_errors=["mem"]).data
    assert act("preflight_check", {"config": config}, {}, answer).result["failed"]


@pytest.mark.parametrize(
    ("arguments", "ignored", "ahead", "failed", "warnings"),
    [
        ({}, False, 0.0, True, []),
        ({}, True, 0.0, False, ["waived error Mem"]),
        ({"fail": False}, False, 90.0, False, []),
        ({}, False, 90.0, True, ["warning ClockSkew"]),
        ({"ignore": "Mem,clockskew"}, True, 90.0, False, ["waived error Mem", "warning ClockSkew"]),
    ],
)
def test_preflight_is_judged(
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    arguments: dict[str, t.Any],
    ignored: bool,
    ahead: float,
    failed: bool,
    warnings: list[str],
) -> None:
    """Breaks when an error passes unwaived, fails where it was only to be reported, or the host's clock is not compared."""
    monkeypatch.setattr(preflight_check, "run_checks", lambda _config, _facts: [MEM])
    config = make_config("1.31.0", ignore_preflight_errors=["Mem"] if ignored else []).data
    answer = {"changed": False, "facts": {}, "identity": dict(IDENTITY, clock=time.time() + ahead)}
    result = act("preflight_check", dict(arguments, config=config), {}, answer).result
    assert result["checks"][0] == dict(MEM._asdict(), ignored=ignored)
    assert bool(result.get("failed")) == failed
    assert [text.split(":")[0] for text in result.get("warnings", [])] == warnings
    clock = result["checks"][-1]
    if failed and ahead == 0.0:
        # Only what is wrong: ansible-core prints the result of a task that fails.
        assert len(result["checks"]) == 1
    else:
        assert (clock["name"], clock["passed"]) == ("ClockSkew", ahead == 0.0)
        assert clock["ignored"] == ("ignore" in arguments)
    assert len(result["identity"]["clock_offset"]) == 2
    if failed:
        assert result["msg"] == (
            "preflight: 1 check failed; nothing was changed.\n- Mem: found 1 MB; wanted 1700 MB. Give it more."
        )


def test_a_host_that_did_not_answer(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks with a traceback where the host is out of reach, or another user than root has nothing to compare."""
    config = make_config("1.31.0").data
    assert act("preflight_check", {"config": config}, {}, {"unreachable": True}).result["unreachable"]
    answer = {"facts": {"user": {"uid": 1000}}, "identity": {}}
    result = act("preflight_check", {"config": config}, {}, answer).result
    assert [row["name"] for row in result["checks"]] == ["IsPrivilegedUser"]
    assert (result["failed"], result["identity"]) == (True, {})


def test_what_was_read_is_enough(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks the time of a run: the host is looked at twice; or its clock is compared with another moment's."""
    config = make_config("1.31.0")
    answer, then = _answer(config), time.time() - 1000
    identity = {**answer["identity"], "clock": then}
    read = {"files": {}, "asked": marks({"preflight": questions(config)}), "between": [then - 0.5, then + 0.5]}
    read["answers"] = {"preflight": {"facts": answer["facts"], "identity": identity}}
    action = act("preflight_check", {"config": config.data, "ignore": ["all"], "read": read}, {})
    asked = act("preflight_check", {"config": config.data, "ignore": ["all"]}, {}, answer)
    assert action.trips == []
    assert [row["name"] for row in action.result["checks"]] == [row["name"] for row in asked.result["checks"]]
    assert action.result["checks"][-1]["passed"]
    assert "facts" not in action.result


@pytest.mark.parametrize("between", [None, [1.0], "x"])
def test_facts_without_their_moment(make_config: t.Callable[..., t.Any], between: t.Any) -> None:
    """Breaks with a traceback where a task of a user's own passes a part of what was read."""
    config = make_config("1.31.0")
    read = {"files": {}, "asked": marks({"preflight": questions(config)}), "between": between}
    read["answers"] = {"preflight": {"facts": {}, "identity": {}}}
    result = act("preflight_check", {"config": config.data, "read": read}, {}).result
    assert result["msg"].startswith("preflight: read: ")
