# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the actions that report on a fleet share: who is reported on, what is printed, and when they fail."""

from __future__ import annotations

import pathlib
import types
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._collection_version import collection_version
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.action import FleetAction, Summary

NAMES = {"config": "my_config"}
HOSTVARS = {"cp1": {"my_config": 1}, "cp2": {"my_config": 2}}


class _Action(FleetAction):
    """Hosts whose result is 2 are not well."""

    registered: t.ClassVar[tuple[str, ...]] = ("config", "wait")
    needed: t.ClassVar[tuple[str, ...]] = ("config",)

    def report(self, hosts: t.Any, names: t.Any, version: str, created: str) -> t.Any:
        """What it is called with."""
        return {"hosts": {name: item[names["config"]] for name, item in hosts.items()}, "by": (version, created)}

    def summary(self, report: t.Any, width: int) -> Summary:
        """As many names as there are columns are enough."""
        failing = [name for name, item in report["hosts"].items() if item == 2]
        return Summary(f"{width} columns", failing, "are ill")

    def write(self, report: t.Any, directory: str) -> list[str]:
        """One file, or an error."""
        if directory.endswith("full"):
            raise KubewrightError(f"{directory}: no space left")
        return [directory + "/report"]


class Ran(t.NamedTuple):
    """result: what was returned. said: what was printed."""

    result: dict[str, t.Any]
    said: list[str]


def _run(**arguments: t.Any) -> Ran:
    given = {"hosts": ["cp1"], "registered": NAMES, **arguments}
    task = types.SimpleNamespace(args=given, action="kubewright.control_plane.x", async_val=0, check_mode=False)
    connection = types.SimpleNamespace(_shell=types.SimpleNamespace(tmpdir="/tmp"))
    action = _Action(task, connection, None, None, None, None)
    said: list[str] = []
    action._display = types.SimpleNamespace(display=said.append)
    return Ran(action.run(task_vars={"hostvars": HOSTVARS}), said)


def test_all_are_well(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the report: it is printed before all else, written where one stands, and changes nothing."""
    monkeypatch.chdir(tmp_path)
    ran = _run(directory="out")
    assert ran.result == {"changed": False, "written": [str(tmp_path / "out/report")]}
    assert len(ran.said) == 1
    assert _run().result["written"] == []


@pytest.mark.parametrize(("columns", "width"), [("20", 80), ("100", 100), ("500", 160)])
def test_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    """Breaks tables in narrow terminals, and in pipelines, which say that they are very wide or nothing."""
    monkeypatch.setenv("COLUMNS", columns)
    assert _run().said == [f"\n{width} columns"]


def test_a_host_that_is_not_well() -> None:
    """Breaks pipelines, which have to stop; all is said and written before."""
    ran = _run(hosts=["cp1", "cp2"], directory="/tmp")
    assert (ran.result["failed"], ran.result["msg"]) == (True, "x: 1 of 2 hosts are ill: cp2")
    assert (len(ran.said), ran.result["written"]) == (1, ["/tmp/report"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hosts": ["cp9"]}, "x: hosts: there is no host cp9 in the inventory"),
        ({"registered": {"confg": "y"}}, "x: registered: unknown result confg; there are config, wait"),
        ({"registered": {"wait": "y"}}, "x: registered: name the variables that hold the results config"),
        ({"registered": {"config": 7}}, "x: registered.config: found int; give a variable's name"),
        ({"directory": "/full"}, "x: /full: no space left"),
    ],
)
def test_what_a_user_can_fix(arguments: dict[str, t.Any], message: str) -> None:
    """Breaks with a traceback where a host or a result is mistyped, or the folder cannot be written."""
    ran = _run(**arguments)
    assert (ran.result["failed"], ran.result["msg"]) == (True, message)


def test_by_whom_and_when(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks reports that are compared: version and time are in each."""
    seen: list[t.Any] = []
    monkeypatch.setattr(_Action, "summary", lambda _self, report, _width: seen.append(report) or Summary("", [], ""))
    _run()
    version, created = seen[0]["by"]
    assert version == collection_version()
    assert len(created) == len("2026-01-01T00:00:00Z")
