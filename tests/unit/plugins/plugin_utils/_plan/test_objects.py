# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects change, by what the API server says."""

from __future__ import annotations

import datetime
import itertools
import typing as t

import pytest
from objects_in_memory import Server

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply_all import apply_objects
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.read import read_objects
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.wanted import sources
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import arguments
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.objects import (
    WantedObject,
    are_answered,
    plan_objects,
    wanted_objects,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import that_write

MakeConfig = t.Callable[..., Config]
NOW = datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.timezone.utc)
MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "n"}, "data": {"a": "1"}}
TOKEN = {
    "token": "abcdef.0123456789abcdef",
    "ttl": "24h",
    "usages": ["signing", "authentication"],
    "groups": ["system:bootstrappers:kubeadm:default-node-token"],
}
PHASES = that_write("objects")


def _ca(_path: str) -> bytes:
    return b"PEM"


def _facts(server: Server | None, wanted: t.Sequence[WantedObject]) -> dict[str, t.Any]:
    return read_objects(lambda: server, [item.arguments() for item in wanted], NOW, _ca)


def _found(action: str, version: str | None = None, **more: t.Any) -> dict[str, t.Any]:
    shown = {"name": "ConfigMap n/x", "action": action, "before": None, "after": "new"}
    return {"action": action, "version": version, "shown": shown, "error": "", **more}


def _plan(wanted: WantedObject, found: dict[str, t.Any]) -> list[tuple[t.Any, ...]]:
    facts = {"answers": True, "error": "", "objects": {wanted.mark(): found}}
    return [(item.expected, item.unseen, item.reason) for item in plan_objects([wanted], facts)]


@pytest.mark.parametrize(
    ("found", "planned"),
    [
        (_found("created"), [(None, False, "it is absent")]),
        (_found("updated", "v"), [("v", False, "it differs")]),
        (_found("unchanged", "v"), []),
    ],
)
def test_an_object(found: dict[str, t.Any], planned: list[t.Any]) -> None:
    """Breaks the second run, which has nothing to do, or what the applier compares with what is there."""
    assert _plan(WantedObject("replace", MAP), found) == planned


def test_a_node_that_is_not_registered_is_waited_for() -> None:
    """Breaks when a Node that appears meanwhile counts as one that somebody else has made."""
    node = WantedObject("node", {"kind": "Node", "metadata": {"name": "cp1"}})
    assert _plan(node, _found("updated")) == [(None, True, "it is not registered")]
    assert _plan(node, _found("updated", "v")) == [("v", False, "it differs")]


def test_where_no_server_answered() -> None:
    """Breaks the first run: nothing is known, so all is wanted, and shown as created."""
    [change] = plan_objects([WantedObject("replace", MAP)], {"answers": False, "error": "", "objects": {}})
    assert (change.unseen, change.expected) == (True, None)
    assert change.reason == "no API server answered when the host was read"
    assert change.shown is not None
    assert (change.shown.name, change.shown.action) == ("ConfigMap n/x", "created")


def test_what_is_made_on_the_host_is_shown_by_what_was_read() -> None:
    """Breaks the diff of check mode on a blank host: the controller has neither the CA nor the clock of the host."""
    wanted = WantedObject("replace", token={"token": "aaaaaa.0123456789abcdef", "lifetime": 1.0})
    facts: dict[str, t.Any] = {"answers": False, "error": "", "objects": {}}
    assert not are_answered([wanted], facts)
    assert [change.shown for change in plan_objects([wanted], facts)] == [None]
    facts["objects"] = {wanted.mark(): _found("created")}
    assert are_answered([wanted], facts)
    assert [change.shown and change.shown.after for change in plan_objects([wanted], facts)] == ["new"]


def test_an_object_that_the_server_refuses() -> None:
    """Breaks the message: the phase whose object it is says what the server has said."""
    refused = _found("refused", error="ConfigMap n/x cannot be brought to its declared state: no rights")
    with pytest.raises(KubewrightError, match="no rights"):
        _plan(WantedObject("replace", MAP), refused)


@pytest.mark.parametrize(
    ("facts", "answered"),
    [
        (None, False),
        ({"answers": False, "error": "", "objects": {}}, True),
        ({"answers": False, "error": "the API server answered 503: starting", "objects": {}}, False),
        ({"answers": True, "error": "", "objects": {}}, False),
    ],
)
def test_facts_of_before(facts: dict[str, t.Any] | None, answered: bool) -> None:
    """Breaks when a phase works by what was read for another one, or by an error that has passed."""
    assert are_answered([WantedObject("replace", MAP)], facts) is answered


@pytest.mark.parametrize(
    ("found", "answered"),
    [
        (_found("unchanged", "v"), True),
        (_found("refused", error="no rights"), False),
        (_found("unchanged", lasts=86400.0), True),
        # A run takes a while, and nodes are to join after it.
        (_found("unchanged", lasts=90.0), False),
    ],
)
def test_facts_that_no_longer_hold(found: dict[str, t.Any], answered: bool) -> None:
    """Breaks when a token that ends in the middle of a run counts as one that nodes can join with."""
    wanted = WantedObject("replace", MAP)
    assert are_answered([wanted], {"answers": True, "error": "", "objects": {wanted.mark(): found}}) is answered


def test_facts_hold_for_what_they_were_read_for() -> None:
    """Breaks a role that is told something else than the one that has read; a token's secret half is in no mark."""
    other = {**MAP, "data": {"a": "2"}}
    items = [
        WantedObject("replace", MAP),
        WantedObject("replace", other),
        WantedObject("merge", MAP),
        WantedObject("replace", token={"token": "aaaaaa.0123456789abcdef", "lifetime": 1.0}),
        WantedObject("replace", token={"token": "aaaaaa.0123456789abcdef", "lifetime": 2.0}),
    ]
    assert len({item.mark() for item in items}) == len(items)
    same = WantedObject("replace", token={"token": "aaaaaa.fedcba9876543210", "lifetime": 1.0})
    assert same.mark() == items[3].mark()


@pytest.mark.parametrize(
    ("tokens", "made"),
    [
        ([], [None]),
        ([TOKEN], ["abcdef.0123456789abcdef"]),
        ([{**TOKEN, "usages": ["signing"]}], ["abcdef.0123456789abcdef", None]),
        ([{**TOKEN, "token": None, "description": "mine"}], [None]),
    ],
)
def test_tokens(make_config: MakeConfig, tokens: list[dict[str, t.Any]], made: list[str | None]) -> None:
    """K1.6: breaks when nodes cannot join with what is declared and no random token is made, or one too many is."""
    wanted = wanted_objects("bootstrap_token", make_config("1.31.0"), tokens)
    found = [item.token for item in wanted if item.token is not None]
    assert [token.get("token") for token in found] == made
    assert wanted[-1].cluster_info is not None
    assert [item.is_random() for item in wanted[: len(made)]] == [token is None for token in made]


def _registered(config: Config) -> Server:
    labels = {"kubernetes.io/hostname": config.node_name}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": config.node_name, "labels": labels}}
    return Server(node)


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize(("version", "phase"), list(itertools.product(["1.12.10", "1.20.2", "1.37.0"], PHASES)))
def test_what_was_applied_is_not_planned_again(make_config: MakeConfig, version: str, phase: str, seen: bool) -> None:
    """Breaks the second run: facts of what was made have to say that it is the same, whether it was read before or not."""
    config = make_config(version)
    server = _registered(config)
    wanted = wanted_objects(phase, config, [TOKEN])
    planned = plan_objects(wanted, _facts(server if seen else None, wanted))
    assert planned
    changes = arguments(planned)
    applied = apply_objects(server, changes, sources(server, changes, NOW, _ca), False)
    assert (applied.stale, len(applied.changes)) == ([], len(planned))
    # In check mode the same is shown.
    assert [f"{item.kind} {item.name}" for item in applied.changes] == [
        item.shown.name for item in planned if item.shown is not None
    ]
    facts = _facts(server, wanted)
    assert are_answered(wanted, facts)
    assert plan_objects(wanted, facts) == []


@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase != "mark_control_plane"])
def test_a_plan_of_before_writes_nothing_over_others(make_config: MakeConfig, phase: str) -> None:
    """Breaks when what somebody has made between read and apply is overwritten: every object, one by one."""
    config = make_config("1.31.0")
    wanted = wanted_objects(phase, config, [TOKEN])
    for index, change in enumerate(plan_objects(wanted, _facts(Server(), wanted))):
        server = Server()
        theirs = arguments([change._replace(unseen=True)])
        apply_objects(server, theirs, sources(server, theirs, NOW, _ca), False)
        [path] = server.objects
        server.store(path, dict(server.objects[path], theirs=str(index)))
        writes = len(server.writes)
        changes = arguments([change])
        applied = apply_objects(server, changes, sources(server, changes, NOW, _ca), False)
        assert (applied.changes, len(applied.stale), len(server.writes)) == ([], 1, writes)
