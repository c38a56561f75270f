# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rulesets as nft and iptables print them: chains that drop, and ports that are named."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.firewall import (
    gather,
    iptables_chains,
    nftables_chains,
)
from facts.hosts import RecordedHost


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("-A INPUT -p tcp -m tcp --dport 6443 -j ACCEPT", [(6443, 6443)]),
        ("-A INPUT -p tcp -m multiport --dports 22,2379:2380 -j ACCEPT", [(22, 22), (2379, 2380)]),
        ("-A INPUT -p tcp --destination-port 6443 -j MINE", [(6443, 6443)]),
        ("-A INPUT -p tcp --dport 6443 -j DROP", []),
        ("-A INPUT -p tcp --dport 6443 -j REJECT --reject-with tcp-reset", []),
        ("-A INPUT -p tcp --dport 6443 -j LOG", []),
        ("-A INPUT -p tcp ! --dport 6443 -j ACCEPT", []),
        ("-A INPUT -p tcp --dport https -j ACCEPT", []),
        ("-A INPUT -p tcp --dport 1:x -j ACCEPT", []),
        ("-A INPUT -p tcp --sport 6443 -j ACCEPT", []),
    ],
)
def test_rules_of_iptables(line: str, named: list[tuple[int, int]]) -> None:
    """Breaks the hint: a port counts as let in that is refused, or the other way round."""
    text = f"*filter\n:INPUT DROP [0:0]\n:OUTPUT DROP [0:0]\n{line}\nCOMMIT\n"
    assert iptables_chains(text) == (["filter INPUT"], named)
    assert iptables_chains(text.replace("INPUT DROP", "INPUT ACCEPT"))[0] == []


def _chain(family: str = "inet", hook: str = "input", policy: str = "drop") -> dict[str, t.Any]:
    return {"chain": {"family": family, "table": "filter", "name": "in", "hook": hook, "policy": policy}}


@pytest.mark.parametrize(
    ("item", "dropping"),
    [
        (_chain(), ["inet filter in"]),
        (_chain("ip"), ["ip filter in"]),
        (_chain("ip6"), []),
        (_chain(hook="forward"), []),
        (_chain(policy="accept"), []),
        ({"chain": {"family": "inet", "table": "filter", "name": "no-hook"}}, []),
        ({"metainfo": {"version": "1.0.6"}}, []),
    ],
)
def test_chains_of_nft(item: dict[str, t.Any], dropping: list[str]) -> None:
    """Breaks the hint on hosts whose policy drops in another family, or at another hook."""
    assert nftables_chains([item], "ip") == (dropping, [])


PORT: dict[str, t.Any] = {"match": {"op": "==", "left": {"payload": {"field": "dport"}}, "right": 6443}}
OTHER: dict[str, t.Any] = {"match": {"op": "==", "left": {"meta": {"key": "mark"}}, "right": 6443}}
UNLIKE: dict[str, t.Any] = {"match": {"op": "!=", "left": {"payload": {"field": "dport"}}, "right": 6443}}
RANGE: dict[str, t.Any] = {
    "match": {"op": "==", "left": {"payload": {"field": "dport"}}, "right": {"set": [22, {"range": [2379, 2380]}]}}
}


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ({"rule": {"expr": [PORT, {"accept": None}]}}, [(6443, 6443)]),
        ({"rule": {"expr": [PORT, {"goto": {"target": "x"}}]}}, [(6443, 6443)]),
        ({"rule": {"expr": [PORT, {"drop": None}]}}, []),
        ({"rule": {"expr": None}}, []),
        ({"rule": {"expr": [OTHER, {"accept": None}]}}, []),
        ({"rule": {"expr": [UNLIKE, {"accept": None}]}}, []),
        ({"rule": {"expr": [RANGE, {"accept": None}]}}, [(22, 22), (2379, 2380)]),
        ({"set": {"name": "ports", "elem": [22, {"range": [1, 2]}]}}, [(22, 22), (1, 2)]),
        ({"map": {"name": "ports", "elem": [[6443, {"accept": None}]]}}, [(6443, 6443)]),
        ({"set": {"name": "addresses", "elem": ["192.0.2.1", {"range": ["192.0.2.1", "192.0.2.9"]}]}}, []),
    ],
)
def test_rules_and_sets_of_nft(item: dict[str, t.Any], named: list[tuple[int, int]]) -> None:
    """Breaks the hint: ports of a set or map are not seen, or addresses are taken for ports."""
    assert nftables_chains([item], "ip") == ([], named)


def test_a_host(tmp_path: pathlib.Path) -> None:
    """Breaks hosts with iptables-nft, whose chain nft shows once more, or without either command."""
    question = {"family": "ip", "ports": [6443, 10250]}
    chain = {"chain": {**_chain("ip")["chain"], "name": "INPUT"}}
    ruleset = json.dumps({"nftables": [{"metainfo": {}}, chain, {"rule": {"expr": [PORT, {"accept": None}]}}]})
    quiet = {f"iptables{kind}-save": Result(127, "", "") for kind in ("", "-nft")}
    answers = {"nft -j list ruleset": Result(0, ruleset, ""), **quiet}
    assert gather(RecordedHost(tmp_path, answers), question) == {"dropping": ["ip filter INPUT"], "named": [6443]}
    saved = Result(0, "*filter\n:INPUT DROP [0:0]\nCOMMIT\n", "")
    found = gather(RecordedHost(tmp_path, {**answers, "iptables-save": saved}), question)
    assert found["dropping"] == ["iptables filter INPUT"]
    for broken in (Result(127, "", ""), Result(0, "{", ""), Result(0, '{"nftables": [1]}', "")):
        none = {**answers, "nft -j list ruleset": broken}
        assert gather(RecordedHost(tmp_path, none), question) == {"dropping": [], "named": []}
