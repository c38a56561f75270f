# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What chains of firewall rules do with a packet, whatever the tool that wrote them.

The rules say for themselves what they do with the packet; this follows it through the chains. Where a rule does not
know, both outcomes are followed. A chain's outcomes are gathered as a set and not as paths, so the work grows with the
number of rules and not with the number of ways through them.
"""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_packet import (
    UNKNOWN_STATE,
    Packet,
    State,
)

ACCEPT, DROP, CONTINUE, RETURN, JUMP, GOTO = "accept", "drop", "continue", "return", "jump", "goto"

# Something else decides, or a statement that is not modelled: accept and drop are both possible.
UNDECIDED = "undecided"

OPEN, BLOCKED, DEPENDS = "open", "blocked", "depends"

# The hooks on the way of a packet to this host, in the order in which it passes them.
HOOKS = ("prerouting", "input")

# The kernel's NF_IP_PRI_CONNTRACK: at the hook prerouting, conntrack sees the packet here.
_CONNTRACK_PRIORITY = -200

# nf_tables allows 16 levels of jumps (NFT_JUMP_STACK_SIZE); xtables has no such number, but no rules that need this.
_DEEPEST = 100

# States that differ beyond this number are taken together as unknown.
_MOST_STATES = 16


class Step(t.NamedTuple):
    """One thing that a rule may do. target: the chain of a jump or goto."""

    verdict: str
    state: State
    target: str = ""


class Effect(t.NamedTuple):
    """All that a rule may do, and what it depends on if that is more than one thing."""

    steps: t.Sequence[Step]
    doubts: frozenset[str] = frozenset()


class Rules(t.Protocol):
    """The chains of one table."""

    def rules(self, chain: str) -> t.Sequence[t.Any] | None:
        """The rules of a chain in their order, or None where there is no such chain."""

    def effect(self, rule: t.Any, packet: Packet, state: State) -> Effect:
        """What a rule may do with the packet."""

    def describe(self, rule: t.Any) -> str:
        """How to name a rule to its owner."""


class BaseChain(t.NamedTuple):
    """A chain that the kernel calls at a hook.

    command: what changes its rules, as C(nft) or C(ip6tables). table: as the command names it, C(inet filter).
    hook: one of HOOKS. priority: the kernel calls lower ones first. policy: ACCEPT or DROP.
    certain: False where the kernel may not call it at all.
    """

    command: str
    table: str
    name: str
    hook: str
    priority: int
    policy: str
    rules: Rules
    certain: bool = True


class Place(t.NamedTuple):
    """Where a packet is dropped. chain: that of the rule. rule: its description, or empty for the policy."""

    base: BaseChain
    chain: str
    rule: str


class Judgement(t.NamedTuple):
    """The fate of a packet: OPEN, BLOCKED or DEPENDS, where it is or may be dropped, and what that depends on."""

    fate: str
    places: tuple[Place, ...] = ()
    doubts: frozenset[str] = frozenset()


# The verdict and the state that a chain ends with, and the chain and the rule that decided it.
_Endings = t.Dict[t.Tuple[str, State], t.Tuple[str, str]]


class _Walk:
    """One packet's way through the chains of one table."""

    def __init__(self, rules: Rules, packet: Packet) -> None:
        self.doubts: set[str] = set()
        self._rules = rules
        self._packet = packet
        self._known: dict[tuple[str, State], _Endings] = {}

    def endings(self, chain: str, state: State, path: tuple[str, ...] = ()) -> _Endings:
        """How a chain may end. RETURN: by its end or by a return."""
        if (chain, state) in self._known:
            return self._known[chain, state]
        rules = self._rules.rules(chain)
        if rules is None or chain in path or len(path) >= _DEEPEST:
            self.doubts.add("a jump that cannot be followed")
            return {(verdict, UNKNOWN_STATE): (chain, "") for verdict in (ACCEPT, DROP)}
        endings: _Endings = {}
        states = [state]
        for rule in rules:
            following: dict[State, None] = {}
            for before in states:
                for (verdict, after), decided in self._results(chain, rule, before, (*path, chain)).items():
                    if verdict == CONTINUE:
                        following[after] = None
                    else:
                        # The last rule that decides is the one that decides for most senders.
                        endings[verdict, after] = decided
            states = list(following) if len(following) <= _MOST_STATES else [UNKNOWN_STATE]
            if not states:
                break
        endings.update({(RETURN, after): (chain, "") for after in states})
        self._known[chain, state] = endings
        return endings

    def _results(self, chain: str, rule: t.Any, state: State, path: tuple[str, ...]) -> _Endings:
        effect = self._rules.effect(rule, self._packet, state)
        here = (chain, self._rules.describe(rule))
        results: _Endings = {}
        for step in effect.steps:
            if step.verdict in (JUMP, GOTO):
                for (verdict, after), decided in self.endings(step.target, step.state, path).items():
                    back = CONTINUE if verdict == RETURN and step.verdict == JUMP else verdict
                    results[back, after] = decided
            elif step.verdict == UNDECIDED:
                results.update({(verdict, step.state): here for verdict in (ACCEPT, DROP)})
            else:
                results[step.verdict, step.state] = here
        if len(results) > 1:
            self.doubts.update(effect.doubts)
        return results


def judge(chains: t.Iterable[BaseChain], packet: Packet) -> Judgement:
    """The packet's fate. A drop is final, an accept is so for its base chain only (nft(8), VERDICT STATEMENTS).

    chains: in the order in which they were made. Of chains with one priority the kernel calls the newest first.
    """
    fate, states = OPEN, [State()]
    places: list[Place] = []
    doubts: set[str] = set()
    carried: set[str] = set()
    newest_first = list(chains)[::-1]
    for base in sorted(newest_first, key=lambda chain: (HOOKS.index(chain.hook), chain.priority)):
        if base.hook != "prerouting" or base.priority > _CONNTRACK_PRIORITY:
            states = list(dict.fromkeys(state.tracked() for state in states))
        walk = _Walk(base.rules, packet)
        accepted: dict[State, None] = {}
        drops = []
        for state in states:
            for (verdict, after), (chain, rule) in walk.endings(base.name, state).items():
                policy = verdict == RETURN
                if (base.policy if policy else verdict) == DROP:
                    drops.append(Place(base, base.name if policy else chain, "" if policy else rule))
                else:
                    accepted[after] = None
        if not base.certain:
            walk.doubts.add("the flags of the table")
            accepted.update(dict.fromkeys(states))
        if drops and not accepted:
            # What follows is judged as if this were mended, so that all that blocks is found at once.
            places = [*places, drops[-1]] if fate == BLOCKED else [drops[-1]]
            fate, states = BLOCKED, [State()]
            continue
        if drops and fate != BLOCKED:
            fate = DEPENDS
            places.append(drops[-1])
            doubts.update(walk.doubts, carried)
        if len(accepted) > 1:
            # What later chains do may depend on what differs here.
            carried.update(walk.doubts)
        states = list(accepted) if len(accepted) <= _MOST_STATES else [UNKNOWN_STATE]
    return Judgement(fate, tuple(places), frozenset(doubts) if fate == DEPENDS else frozenset())


__all__ = (
    "ACCEPT",
    "BLOCKED",
    "CONTINUE",
    "DEPENDS",
    "DROP",
    "GOTO",
    "HOOKS",
    "JUMP",
    "OPEN",
    "RETURN",
    "UNDECIDED",
    "BaseChain",
    "Effect",
    "Judgement",
    "Place",
    "Rules",
    "Step",
    "judge",
)
