# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hint Firewall on recorded rulesets, against what a kernel with these rules did."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.firewall import gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import firewall
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check

MakeConfig = t.Callable[..., Config]
RECORDED = pathlib.Path(__file__).parent / "recorded" / "firewall"
IPV4, IPV6 = "192.0.2.10", "2001:db8::10"
# The ports that no rule names, by the host whose policy drops.
UNNAMED: dict[str, list[int]] = {
    "iptables-legacy": [10250],
    "iptables-nft": [10250],
    "iptables-unusual": [],
    "nft-goto-return": [2380],
    "nft-set": [10250],
    "nft-unusual": [],
    "nft-vmap": [],
    "ufw": [2380],
}
ACCEPTING = ["firewalld", "iptables-rhel", "none"]


def _runner(recording: str, **outputs: str) -> t.Callable[[t.Sequence[str]], Result]:
    def run(argv: t.Sequence[str]) -> Result:
        command = os.path.basename(argv[0])
        if command in outputs:
            return Result(0, outputs[command], "")
        path = RECORDED / recording / "commands" / command
        return Result(0, path.read_text(), "") if path.exists() else Result(127, "", "not found")

    return run


def _check(make_config: MakeConfig, tmp_path: pathlib.Path, recording: str, address: str, **outputs: str) -> Check:
    names = tmp_path / "proc/net"
    names.mkdir(parents=True, exist_ok=True)
    for family in ("ip", "ip6"):
        (names / f"{family}_tables_names").write_text("filter\n")
    config = make_config("1.37.0", advertise_address=address)
    facts = gather(InspectedHost(_runner(recording, **outputs), str(tmp_path)), firewall.question(config))
    [found] = firewall.check(config, facts)
    return found


# iptables-unusual has no rules for IPv6.
@pytest.mark.parametrize(
    ("recording", "address"),
    [(name, address) for name in UNNAMED for address in (IPV4, IPV6) if (name, address) != ("iptables-unusual", IPV6)],
)
def test_a_port_that_no_rule_names_is_a_hint(
    make_config: MakeConfig, tmp_path: pathlib.Path, recording: str, address: str
) -> None:
    """Breaks a hint for a port that rules accept, and the silence of one that a kernel with these rules does not let in."""
    found = _check(make_config, tmp_path, recording, address)
    unnamed = UNNAMED[recording]
    assert found.severity == "hint"
    assert found.passed == (not unnamed)
    assert (f"names {', '.join(map(str, unnamed))}" if unnamed else "name every port") in found.found
    connections = json.loads((RECORDED / recording / "connections.json").read_text())[address]
    assert all("blocked" in connections[str(port)].values() for port in unnamed)


@pytest.mark.parametrize(("address", "family"), [(IPV4, "ip"), (IPV6, "ip6")])
def test_what_is_asked(make_config: MakeConfig, address: str, family: str) -> None:
    """Breaks when the rules of the other address family are read, or a port of the control plane is left out."""
    config = make_config("1.37.0", advertise_address=address)
    assert firewall.question(config) == {"family": family, "ports": [6443, 10250, 2379, 2380]}


@pytest.mark.parametrize("recording", ACCEPTING)
def test_a_policy_that_accepts_is_no_hint(make_config: MakeConfig, tmp_path: pathlib.Path, recording: str) -> None:
    """Breaks a hint on every host: most have no policy that drops."""
    found = _check(make_config, tmp_path, recording, IPV4)
    assert found.passed
    assert found.found == "no chain at the hook input is known to drop by its policy"


def test_a_chain_is_named_once(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks when what iptables-nft and nft both show is said twice."""
    assert _check(make_config, tmp_path, "ufw", IPV4).found == (
        "the policy of iptables filter INPUT is drop; no rule that accepts names 2380"
    )


def test_only_rules_that_accept_name_a_port(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks when a rule that drops, or accepts all but a port, counts as one that accepts it."""
    saved = (
        "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 6443 -j DROP\n"
        "-A INPUT -p tcp -m tcp ! --dport 10250 -j ACCEPT\n-A INPUT -p tcp -m multiport --dports 2379:2380 -j ACCEPT\n"
    )
    found = _check(make_config, tmp_path, "none", IPV4, **{"iptables-save": saved})
    assert "names 6443, 10250" in found.found


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"nftables": 1}', '{"nftables": ["x"]}'])
def test_what_cannot_be_read_is_no_hint(make_config: MakeConfig, tmp_path: pathlib.Path, text: str) -> None:
    """Breaks with an exception on an nft that prints no JSON."""
    assert _check(make_config, tmp_path, "none", IPV4, nft=text).passed
