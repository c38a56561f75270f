# SPDX-License-Identifier: GPL-3.0-or-later
"""The declarations at random, and what is found to be wrong with a run of them; make chaos tries them on a node."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from chaos.changes import KINDS, MOST_AT_ONCE, Declaration, declaration
from chaos.node_state import differences, files, objects
from chaos.trial import Outside, faults, variables

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import VARIABLES

SEED, COUNT = 7, 200


def test_a_seed_makes_the_same_again() -> None:
    """Breaks the search for a fault: what was found could not be repeated."""
    assert [declaration(SEED, number) for number in range(9)] == [declaration(SEED, number) for number in range(9)]
    assert len({json.dumps(declaration(SEED, number)) for number in range(COUNT)}) > COUNT // 2
    assert declaration(SEED, 1) != declaration(SEED + 1, 1)


def test_all_kinds_are_declared_and_known() -> None:
    """Breaks the search: a kind that is never chosen, or a variable that does not exist, tries nothing."""
    made = [declaration(SEED, number) for number in range(COUNT)]
    assert {name for item in made for name in item.names} == {*KINDS, "patches"}
    assert {name for item in made for name in item.variables} <= set(VARIABLES)
    assert {len(item.names) for item in made} == set(range(1, MOST_AT_ONCE + 1))
    assert all(bool(item.patches) == ("patches" in item.names) for item in made)


def test_what_has_to_be_declared_too(tmp_path: pathlib.Path) -> None:
    """Breaks the trial: what the node needs is lost to what is declared at random, or the patches are not found."""
    base = {"kubewright_audit": True, "kubewright_apiserver_extra_args": {"a": "1"}, "kubewright_taints": [1]}
    declared = Declaration(
        ["x"], {"kubewright_apiserver_extra_args": {"b": "2"}, "kubewright_taints": [2]}, {"p.json": "{}"}
    )
    folder = tmp_path / "patches"
    assert variables(declared, base, folder) == {
        "kubewright_audit": True,
        "kubewright_apiserver_extra_args": {"a": "1", "b": "2"},
        "kubewright_taints": [1, 2],
        "kubewright_patches_directory": str(folder),
    }
    assert (folder / "p.json").read_text(encoding="utf-8") == "{}"


def _node(label: str, annotations: dict[str, str] | None = None, **more: t.Any) -> str:
    metadata = {"name": "n", "labels": {"l": label}, "resourceVersion": "1", "annotations": annotations or {}}
    return json.dumps({"items": [{"kind": "Node", "metadata": metadata, "spec": {}, "status": {}, **more}]})


def test_what_is_not_as_it_was() -> None:
    """Breaks the trial: a change by check mode is not seen, or what the cluster moves is taken for one."""
    before = {**objects(_node("1")), **files("/etc/a f 644 root root  1.0 0a\n/etc/b f 644 root root  1.0 0b\n")}
    moved = objects(_node("1", {"deployment.kubernetes.io/revision": "2"}, status={"x": 1}))
    assert differences(before, {**before, **moved}) == []
    assert differences(before, {**before, **objects(_node("2"))}) == ["Node /n"]
    after = files("/etc/a f 600 root root  1.0 0a\n/etc/c f 644 root root  1.0 0b\n")
    assert differences(before, {**objects(_node("1")), **after}) == ["/etc/a", "/etc/b", "/etc/c"]


class _Run(t.NamedTuple):
    code: int
    rows: list[tuple[str, str, str]]
    changed: int = 0
    output: str = "words"


ROW, OTHER = ("etcd", "restart", "why"), ("kubelet", "restart", "why")


@pytest.mark.parametrize(
    ("runs", "states", "expected"),
    [
        ([_Run(0, [ROW]), _Run(0, [ROW], 1), _Run(0, [])], [{}, {}], []),
        ([_Run(0, [ROW]), _Run(0, [ROW], 1), _Run(0, [])], [{}, {"/etc/a": "x"}], ["--check has changed /etc/a"]),
        ([_Run(0, [ROW]), _Run(0, [], 1), _Run(0, [])], [{}, {}], ["planned and not done: etcd restart why"]),
        ([_Run(0, []), _Run(0, [ROW], 1), _Run(0, [])], [{}, {}], ["done and not planned: etcd restart why"]),
        (
            [_Run(0, []), _Run(0, []), _Run(0, [OTHER], 1)],
            [{}, {}],
            ["changed again by the next run: kubelet restart why"],
        ),
        (
            [_Run(0, []), _Run(0, []), _Run(0, [], 1)],
            [{}, {}],
            ["the next run changes something that it does not name"],
        ),
        ([_Run(1, [])], [{}, {}], ["the plan fails: words"]),
        ([_Run(0, []), _Run(2, [])], [{}, {}], ["the run fails: words"]),
        ([_Run(0, []), _Run(0, []), _Run(2, [])], [{}, {}], ["the next run fails: words"]),
    ],
)
def test_what_is_wrong(
    tmp_path: pathlib.Path, runs: list[_Run], states: list[dict[str, str]], expected: list[str]
) -> None:
    """Breaks the whole trial: a plan that is not what the run does would pass."""
    plays, looks, options = iter(runs), iter(states), []

    def play(_variables: dict[str, t.Any], *given: str) -> _Run:
        options.append(given)
        return next(plays)

    assert faults(declaration(SEED, 1), {}, Outside(play, lambda: next(looks), tmp_path / "patches")) == expected
    assert options == [("--check",), (), ()][: len(runs)]
