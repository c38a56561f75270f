# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packet's way through chains, with rules that are just lists of what they may do."""

from __future__ import annotations

import ipaddress
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_chains as chains
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_packet import Packet, State

PACKET = Packet(ipaddress.ip_address("192.0.2.10"), 6443, "eth0")


class _Rules:
    """Rules as texts: verdicts that may be, each with its target, divided by bars; mark=N sets the mark."""

    def __init__(self, texts: t.Mapping[str, t.Sequence[str]]) -> None:
        self._texts = texts
        self.asked = 0

    def rules(self, chain: str) -> t.Sequence[str] | None:
        return self._texts.get(chain)

    def effect(self, rule: str, _packet: Packet, state: State) -> chains.Effect:
        self.asked += 1
        steps = []
        for text in rule.split("|"):
            verdict, _space, target = text.strip().partition(" ")
            if verdict.startswith("mark="):
                steps.append(chains.Step("continue", state._replace(mark=int(verdict[5:]))))
            elif verdict.startswith("if-mark="):
                steps.append(chains.Step(target if state.mark == int(verdict[8:]) else "continue", state))
            else:
                steps.append(chains.Step(verdict, state, target))
        return chains.Effect(steps, frozenset({f"doubt {rule}"}))

    def describe(self, rule: str) -> str:
        return rule


def _base(policy: str = "accept", priority: int = 0, hook: str = "input", **texts: list[str]) -> chains.BaseChain:
    return chains.BaseChain("nft", "inet x", "base", hook, priority, policy, _Rules(texts))


@pytest.mark.parametrize(
    ("texts", "open_policy", "drop_policy"),
    [
        ({"base": []}, "open", "blocked"),
        ({"base": ["accept"]}, "open", "open"),
        ({"base": ["drop", "accept"]}, "blocked", "blocked"),
        ({"base": ["return", "accept"]}, "open", "blocked"),
        ({"base": ["continue", "accept"]}, "open", "open"),
        ({"base": ["jump a", "accept"], "a": []}, "open", "open"),
        ({"base": ["jump a", "accept"], "a": ["return", "drop"]}, "open", "open"),
        ({"base": ["jump a", "accept"], "a": ["drop"]}, "blocked", "blocked"),
        # A goto comes back to where the last jump was, and from the base chain to its policy.
        ({"base": ["goto a", "accept"], "a": []}, "open", "blocked"),
        ({"base": ["jump a", "accept"], "a": ["goto b", "drop"], "b": []}, "open", "open"),
        ({"base": ["jump a", "accept"], "a": ["goto b", "accept"], "b": ["return", "drop"]}, "open", "open"),
        ({"base": ["goto a", "accept"], "a": ["jump b"], "b": ["drop"]}, "blocked", "blocked"),
        # What may be and may not be.
        ({"base": ["accept|continue"]}, "open", "depends"),
        ({"base": ["drop|continue"]}, "depends", "blocked"),
        ({"base": ["drop|continue", "accept|continue", "drop"]}, "depends", "depends"),
        ({"base": ["accept|continue", "accept"]}, "open", "open"),
        ({"base": ["drop|continue", "drop"]}, "blocked", "blocked"),
        ({"base": ["jump a|continue", "drop"], "a": ["drop"]}, "blocked", "blocked"),
        ({"base": ["jump a|continue", "accept"], "a": ["return"]}, "open", "open"),
        ({"base": ["undecided"]}, "depends", "depends"),
        ({"base": ["undecided|continue", "drop"]}, "depends", "depends"),
        # What no kernel would load.
        ({"base": ["jump a"], "a": ["jump b"], "b": ["jump a"]}, "depends", "depends"),
        ({"base": ["goto base"]}, "depends", "depends"),
        ({"base": ["jump absent"]}, "depends", "depends"),
        ({}, "depends", "depends"),
        # The mark goes with the packet.
        ({"base": ["mark=1", "if-mark=1 drop"]}, "blocked", "blocked"),
        ({"base": ["if-mark=1 drop", "accept"]}, "open", "open"),
        ({"base": ["jump a", "if-mark=1 drop", "accept"], "a": ["mark=1|continue"]}, "depends", "depends"),
        ({"base": ["jump a", "if-mark=1 accept"], "a": ["mark=1", "return"]}, "open", "open"),
    ],
)
def test_verdicts(texts: dict[str, list[str]], open_policy: str, drop_policy: str) -> None:
    """Breaks what jump, goto, return and a policy mean, or makes one fate of two that are possible."""
    assert chains.judge([_base("accept", **texts)], PACKET).fate == open_policy
    assert chains.judge([_base("drop", **texts)], PACKET).fate == drop_policy


@pytest.mark.parametrize(
    ("base_chains", "fate"),
    [
        ([], "open"),
        ([_base(base=["accept"]), _base(priority=1, base=["drop"])], "blocked"),
        ([_base(base=["drop"]), _base(priority=1, base=["accept"])], "blocked"),
        ([_base(base=["accept"]), _base("drop", priority=1, base=[])], "blocked"),
        ([_base(base=["mark=1"]), _base(priority=1, base=["if-mark=1 drop"])], "blocked"),
        ([_base(base=["if-mark=1 drop"]), _base(priority=-1, base=["mark=1"])], "blocked"),
        ([_base(priority=-1, base=["if-mark=1 drop"]), _base(base=["mark=1"])], "open"),
        ([_base(base=["if-mark=1 drop"]), _base(priority=300, hook="prerouting", base=["mark=1"])], "blocked"),
        # Of two with one priority the newest is called first.
        ([_base(base=["mark=1"]), _base(base=["if-mark=1 drop"])], "open"),
        ([_base(base=["if-mark=1 drop"]), _base(base=["mark=1"])], "blocked"),
        ([_base(base=["mark=1|continue"]), _base(priority=1, base=["if-mark=1 drop"])], "depends"),
        ([_base(base=["drop|accept"]), _base(priority=1, base=["drop"])], "blocked"),
    ],
)
def test_base_chains(base_chains: list[chains.BaseChain], fate: str) -> None:
    """Breaks hosts with several tables: an accept in one ends no other, and a mark reaches those that come later."""
    assert chains.judge(base_chains, PACKET).fate == fate


def test_all_that_blocks_is_told() -> None:
    """Breaks the cure: what the first chain lets in after it, the next would still block."""
    first, second = _base(base=["drop"]), _base("drop", priority=1, base=["jump a"], a=[])
    judgement = chains.judge([second, _base(priority=2, base=["accept|drop"]), first], PACKET)
    assert judgement.fate == "blocked"
    assert judgement.places == (chains.Place(first, "base", "drop"), chains.Place(second, "base", ""))


def test_the_last_rule_that_decides_is_told() -> None:
    """Breaks the user's way to the cause: most senders reach the last rule, not the one for a blocked subnet."""
    rules = _base(base=["drop|continue", "jump a", "accept"], a=["drop"])
    assert chains.judge([rules], PACKET).places == (chains.Place(rules, "a", "drop"),)


def test_doubts() -> None:
    """Breaks what the user is told it depends on: no rule that makes no difference, but one that marked the packet."""
    marking = _base(priority=-1, base=["mark=1|continue"])
    rules = _base(base=["continue|continue", "if-mark=1 drop", "accept|continue", "accept"])
    assert chains.judge([marking, rules], PACKET).doubts == {"doubt mark=1|continue", "doubt accept|continue"}
    assert chains.judge([rules], PACKET).doubts == frozenset()


@pytest.mark.parametrize(("texts", "fate"), [(["drop"], "depends"), (["accept"], "open"), (["accept|drop"], "depends")])
def test_uncertain_table(texts: list[str], fate: str) -> None:
    """Breaks tables of which it is not known whether they are used."""
    judgement = chains.judge([_base(base=texts)._replace(certain=False)], PACKET)
    assert judgement.fate == fate
    assert ("the flags of the table" in judgement.doubts) == (fate == "depends")


def test_many_ways() -> None:
    """Breaks the node: 2**60 ways through these chains, or as many marks, are to be no more work than the rules."""
    ladder = {f"c{index}": [f"jump c{index + 1}|continue"] * 2 for index in range(60)}
    marks = [f"mark={index}|continue" for index in range(500)]
    rules = _Rules({"base": ["jump c0", *marks], "c60": ["accept|continue"], **ladder})
    base = chains.BaseChain("nft", "inet x", "base", "input", 0, "drop", rules)
    assert chains.judge([base], PACKET).fate == "depends"
    assert rules.asked < 20 * (len(marks) + 2 * len(ladder))


def test_deep_jumps() -> None:
    """Breaks the module with an error of Python's where jumps are nested more than any kernel would follow."""
    deep = {f"c{index}": [f"jump c{index + 1}"] for index in range(5000)}
    assert chains.judge([_base(base=["jump c0"], **deep)], PACKET).fate == "depends"
