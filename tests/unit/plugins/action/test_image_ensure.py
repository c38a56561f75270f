# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of image_ensure: how often the host is asked, what is told, and how failures end."""

from __future__ import annotations

import types
import typing as t

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.kubewright.control_plane.plugins.action.image_ensure import ActionModule
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._action.answers import marks
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import image_settings

IMAGES = ["r.example/a:1", "r.example/b:1", "s.example/c:1"]
Values = dict[str, t.Any]


class _Host:
    """Answers as the module does. present, broken, stalled: images. gone: from which execution on it is out of reach."""

    def __init__(self, **given: t.Any) -> None:
        self.present: set[str] = set(given.get("present", ()))
        self.broken, self.stalled = set(given.get("broken", ())), set(given.get("stalled", ()))
        self.failed_imports: dict[str, str] = given.get("failed_imports", {})
        self.imported: list[str] = given.get("imported", [])
        self.gone: int = given.get("gone", 99)
        self.never: bool = given.get("never", False)
        self.calls: list[Values] = []

    def execute(self, module_args: Values, check: bool) -> Values:
        """One execution of the module."""
        self.calls.append(module_args)
        if len(self.calls) > self.gone:
            return {"unreachable": True, "msg": "no route to host"}
        wanted = module_args.get("images") or IMAGES
        missing = [image for image in wanted if image not in self.present]
        to_pull = [] if self.never else list(missing)
        pulls = to_pull if module_args["pull"] and not check else []
        failed = [image for image in pulls if image in self.broken | self.stalled]
        self.present.update(set(pulls) - set(failed))
        pulled = [image for image in (to_pull if check else pulls) if image not in failed]
        imports = len(self.calls) == 1
        return {
            "changed": bool(pulled or (imports and self.imported)),
            "images": wanted,
            "missing": missing,
            "to_pull": to_pull,
            "imported": list(self.imported) if imports else [],
            "failed_imports": dict(self.failed_imports) if imports else {},
            "pulled": pulled,
            "failed_pulls": dict.fromkeys(failed, "unauthorized"),
            "timed_out": [image for image in failed if image in self.stalled],
            "seconds": dict.fromkeys(pulls, 3.2),
        }


class _Run(t.NamedTuple):
    result: Values
    calls: list[list[str] | None]
    told: list[str]


@pytest.fixture
def act(make_config: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., _Run]:
    """Runs the action against a host; keyword arguments are those of the host."""

    def run(
        variables: Values | None = None, check: bool = False, arguments: Values | None = None, **host_is: t.Any
    ) -> _Run:
        config = make_config("1.31.0", **(variables or {}))
        task = types.SimpleNamespace(
            args={"config": config.data, "images": IMAGES, **(arguments or {})},
            action="kubewright.control_plane.image_ensure",
            async_val=0,
            check_mode=check,
            no_log=False,
        )
        play_context = types.SimpleNamespace(no_log=False)
        connection = types.SimpleNamespace(
            _shell=types.SimpleNamespace(tmpdir="/tmp"), _play_context=play_context, has_pipelining=True
        )
        action = ActionModule(task, connection, play_context, DataLoader(), Templar(loader=DataLoader()), None)
        host, told = _Host(**host_is), []

        def display(text: str, stderr: bool = False, **_more: t.Any) -> None:
            assert stderr
            told.append(text)

        action._display = types.SimpleNamespace(display=display)
        action._execute_module = lambda module_args, **_more: host.execute(module_args, check)
        result = action.run(task_vars={"inventory_hostname": "cp1"})
        # Of the first execution, which only asks, what it asks for is the same each time.
        pulls = [call["images"] if call["pull"] else None for call in host.calls]
        return _Run(result, pulls, told)

    return run


@pytest.mark.parametrize("check", [False, True])
def test_one_trip_where_nothing_is_missing(act: t.Callable[..., _Run], check: bool) -> None:
    """Breaks the second run's time: a host that has all images is asked once, and nothing is said."""
    run = act(present=IMAGES, check=check)
    assert (run.calls, run.told, run.result["changed"]) == ([None], [], False)


def test_each_image_is_told_as_it_comes(act: t.Callable[..., _Run]) -> None:
    """Breaks the progress: nobody sees for minutes whether anything happens, or on which host."""
    run = act(present=IMAGES[:1])
    assert run.calls == [None, [IMAGES[1]], [IMAGES[2]]]
    assert run.told == [
        "cp1: pulled r.example/b:1 in 3.2 s (1 of 2)",
        "cp1: pulled s.example/c:1 in 3.2 s (2 of 2)",
    ]
    assert (run.result["changed"], run.result["pulled"]) == (True, IMAGES[1:])
    assert run.result["seconds"] == dict.fromkeys(IMAGES[1:], 3.2)
    assert run.result["diff"] == {"before": "", "after": "r.example/b:1\ns.example/c:1\n"}


def test_side_by_side(act: t.Callable[..., _Run]) -> None:
    """Breaks imagePullSerial: pulls of different executions could not overlap."""
    run = act({"image_pull_serial": False})
    assert run.calls == [None, IMAGES]
    assert len(run.told) == 3
    assert run.result["pulled"] == IMAGES


def test_check_mode_says_what_would_be_done(act: t.Callable[..., _Run]) -> None:
    """Breaks check mode: it pulls, asks more than once, or does not say what would be pulled."""
    run = act(check=True, present=IMAGES[:1])
    assert (run.calls, run.result["changed"], run.result["pulled"]) == ([None], True, IMAGES[1:])
    assert run.told == [f"cp1: would pull {image}" for image in IMAGES[1:]]
    run = act(check=True, imported=["/a.tar"])
    assert run.told[0] == "cp1: would import /a.tar"
    assert run.told[1] == "cp1: would pull r.example/a:1 where no archive has it"


def test_check_mode_with_a_waiver(act: t.Callable[..., _Run]) -> None:
    """Breaks idempotence in check mode on a host whose images cannot be pulled, or the list of what was waived."""
    run = act({"ignore_preflight_errors": ["imagepull"]}, check=True)
    assert (run.result["changed"], run.result["pulled"], run.result.get("failed")) == (False, [], None)
    assert run.result["failed_pulls"] == dict.fromkeys(IMAGES, "not tried in check mode")
    assert run.result["warnings"][0].endswith("s.example/c:1: not tried in check mode.")


def test_all_failures_at_once(act: t.Callable[..., _Run]) -> None:
    """Breaks when the first failed pull hides the others, or those that succeed are not pulled."""
    run = act(broken=IMAGES[:2])
    assert run.result["failed"]
    assert run.result["pulled"] == IMAGES[2:]
    assert run.result["changed"]
    assert "images: ImagePull: " in run.result["msg"]
    assert all(f"{image}: unauthorized" in run.result["msg"] for image in IMAGES[:2])
    assert "kubewright_ignore_preflight_errors" in run.result["msg"]
    assert run.told[0] == "cp1: could not pull r.example/a:1 after 3.2 s (1 of 3)"


def test_a_waived_failure(act: t.Callable[..., _Run]) -> None:
    """Breaks the waiver, or the warning that takes the error's place."""
    run = act({"ignore_preflight_errors": ["imagepull"]}, broken=IMAGES[:1])
    assert "failed" not in run.result
    assert "waived error ImagePull" in run.result["warnings"][0]
    assert run.result["pulled"] == IMAGES[1:]


def test_a_registry_that_stalls_is_asked_once(act: t.Callable[..., _Run]) -> None:
    """Breaks the end of a run with a dead registry: each of its images would wait for its time limit in turn."""
    run = act(stalled=IMAGES[:2])
    assert run.calls == [None, [IMAGES[0]], [IMAGES[2]]]
    assert "r.example/b:1: not tried" in run.result["msg"]
    assert run.result["pulled"] == IMAGES[2:]
    assert run.result["timed_out"] == IMAGES[:1]


@pytest.mark.parametrize("waived", [False, True])
def test_an_archive_that_cannot_be_imported(act: t.Callable[..., _Run], waived: bool) -> None:
    """Breaks hosts without a registry: each image would wait for a registry that is not there."""
    variables = {"ignore_preflight_errors": ["ImagePull"]} if waived else {}
    run = act(variables, failed_imports={"/a.tar": "damaged"})
    assert ("/a.tar: damaged" in run.result["msg"]) if not waived else ("/a.tar" in run.result["warnings"][0])
    assert run.calls == ([None, *([image] for image in IMAGES)] if waived else [None])


def test_imports_are_told_once(act: t.Callable[..., _Run]) -> None:
    """Breaks when an archive is imported again for each image that is pulled."""
    run = act(imported=["/a.tar"], present=IMAGES[:2])
    assert run.told == ["cp1: imported /a.tar", "cp1: pulled s.example/c:1 in 3.2 s (1 of 1)"]
    assert run.result["imported"] == ["/a.tar"]


@pytest.mark.parametrize("gone", [0, 2])
def test_a_host_that_goes_away(act: t.Callable[..., _Run], gone: int) -> None:
    """Breaks the cause when the connection ends between two pulls."""
    run = act(gone=gone)
    assert run.result["unreachable"]
    assert run.result["msg"] == "no route to host"
    assert len(run.calls) == gone + 1


def test_only_asking(act: t.Callable[..., _Run]) -> None:
    """Breaks the option pull: the images are named and not pulled."""
    run = act(arguments={"pull": False})
    assert (run.calls, run.result["to_pull"], run.result["pulled"]) == ([None], IMAGES, [])


def _read(config: t.Any, to_pull: list[str], never: bool = False) -> Values:
    question = {"images": IMAGES, "settings": image_settings(config)}
    host = _Host(present=[image for image in IMAGES if image not in to_pull], never=never)
    answer = host.execute({"pull": False}, False)
    return {"files": {}, "asked": marks({"images": question}), "answers": {"images": answer}}


@pytest.mark.parametrize(
    ("missing", "archives", "calls"),
    [
        ([], [], []),
        ([], ["/a.tar"], []),
        (IMAGES[:1], [], [IMAGES[:1]]),
        # Who imports an archive has to look again.
        (IMAGES[:1], ["/a.tar"], [None, IMAGES[:1]]),
    ],
)
def test_what_was_read_is_enough(
    act: t.Callable[..., _Run],
    make_config: t.Callable[..., t.Any],
    missing: list[str],
    archives: list[str],
    calls: list[list[str] | None],
) -> None:
    """Breaks the time of a run that pulls nothing: the runtime is asked twice; or archives are left out."""
    read = _read(make_config("1.31.0"), missing)
    present = [image for image in IMAGES if image not in missing]
    run = act(arguments={"read": read, "archives": archives}, present=present)
    assert (run.calls, run.result["pulled"]) == (calls, missing)
    # What was read is the next phase's too.
    assert read["answers"]["images"]["pulled"] == []


def test_archives_where_nothing_is_pulled(act: t.Callable[..., _Run], make_config: t.Callable[..., t.Any]) -> None:
    """Breaks hosts without a registry (imagePullPolicy Never), whose images come from archives alone."""
    read = _read(make_config("1.31.0", image_pull_policy="Never"), IMAGES[:1], never=True)
    arguments = {"read": read, "archives": ["/a.tar"]}
    assert act({"image_pull_policy": "Never"}, arguments=arguments, present=IMAGES[1:], never=True).calls == [None]
