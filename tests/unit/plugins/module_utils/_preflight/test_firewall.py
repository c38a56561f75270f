# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check Firewall on recorded rulesets, against what a kernel with these rules did."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall as firewall
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._host import Host

MakeConfig = t.Callable[..., Config]
RECORDED = pathlib.Path(__file__).parent / "recorded" / "firewall"
NAMES = sorted(path.name for path in RECORDED.iterdir() if path.is_dir())
IPV4, IPV6 = "192.0.2.10", "2001:db8::10"
EMPTY = '{"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}}]}'

# Where "depends" is right although every connection that was tried had one fate: limits that were not reached, header
# fields that every connection of this kernel has, sources that were not tried.
NOT_TRIED = {
    ("iptables-goto-return", 2380): "the source port",
    ("iptables-unusual", 10250): "a rate limit, the number of connections",
    ("iptables-unusual", 2380): "the match time",
    ("nft-dormant", 2379): "the source address",
    ("nft-dormant", 2380): "the source address",
    ("nft-dormant-1.0.6", 10250): "the flags of the table",
    ("nft-dormant-1.0.6", 2379): "the flags of the table",
    ("nft-dormant-1.0.6", 2380): "the flags of the table",
    ("nft-dynamic-set", 6443): "a dynamic set",
    ("nft-dynamic-set-0.9.8", 6443): "a dynamic set",
    ("nft-unusual", 6443): "the number of connections",
    ("nft-unusual", 10250): "a rate limit",
    ("nft-unusual", 2379): "meta length",
    ("nft-unusual", 2380): "tcp option",
    ("ufw", 2379): "recent connections",
}


class _Commands:
    """Runs what was recorded. outcomes: replaces single ones; None means that there is no such command."""

    def __init__(self, recording: str, outcomes: t.Mapping[str, Result | None] | None = None) -> None:
        self.ran: list[str] = []
        self._folder = RECORDED / recording / "commands"
        self._outcomes = outcomes or {}

    def __call__(self, argv: t.Sequence[str]) -> Result:
        command = " ".join([os.path.basename(argv[0]), *argv[1:]])
        self.ran.append(command)
        if command in self._outcomes:
            return self._outcomes[command] or Result(127, "", f"{argv[0]}: No such file or directory")
        recorded = self._folder / os.path.basename(argv[0])
        return Result(0, recorded.read_text(encoding="utf-8") if recorded.exists() else "", "")


def _gather(config: Config, recording: str, commands: _Commands | None = None) -> firewall.Facts:
    host = Host(commands or _Commands(recording), str(RECORDED / recording / "root"))
    facts: firewall.Facts = json.loads(json.dumps(firewall.gather(host, config)))
    return facts


@pytest.mark.parametrize("address", [IPV4, IPV6])
@pytest.mark.parametrize("recording", NAMES)
def test_agrees_with_the_kernel(make_config: MakeConfig, recording: str, address: str) -> None:
    """Breaks the check: a port that other hosts reach is called blocked, or the other way round."""
    config = make_config("1.31.0", advertise_address=address)
    connections = json.loads((RECORDED / recording / "connections.json").read_text(encoding="utf-8"))[address]
    judged = firewall.judge_ports(config, _gather(config, recording))
    assert {str(port) for port in judged} == set(connections)
    for port, judgement in judged.items():
        fates = set(connections[str(port)].values())
        if judgement.fate == "depends" and len(fates) == 1:
            assert (recording, port) in NOT_TRIED
        else:
            assert judgement.fate == (fates.pop() if len(fates) == 1 else "depends"), port


@pytest.mark.parametrize(("recording", "port"), NOT_TRIED)
def test_says_what_it_depends_on(make_config: MakeConfig, recording: str, port: int) -> None:
    """Breaks what the user is told, and lets the table above hold what is no longer true."""
    doubts: set[str] = set()
    for address in (IPV4, IPV6):
        config = make_config("1.31.0", advertise_address=address)
        doubts |= firewall.judge_ports(config, _gather(config, recording))[port].doubts
    assert set(NOT_TRIED[recording, port].split(", ")) <= doubts


@pytest.mark.parametrize(
    ("recording", "address", "found"),
    [
        ("none", IPV4, "no firewall rules"),
        ("iptables-rhel", IPV6, "no rule blocks 6443, 10250, 2379 and 2380"),
        ("iptables-kubernetes", IPV4, "no rule blocks 6443, 10250, 2379 and 2380"),
        (
            "iptables-unusual",
            IPV4,
            "6443 depends on an ipset (iptables-nft filter INPUT); "
            "10250 depends on a rate limit and the number of connections (iptables-nft filter INPUT); "
            "2379 depends on recent connections and the source address (iptables-nft filter INPUT); "
            "2380 depends on the match time (iptables-nft filter INPUT)",
        ),
        (
            "nft-dormant",
            IPV6,
            "6443 is blocked by nftables inet filter2 input (rule handle 3 of input); "
            "no rule blocks 10250, 2379 and 2380",
        ),
        (
            "nft-concatenations",
            IPV4,
            "10250 is blocked by nftables inet filter input (rule handle 11 of input); no rule blocks 6443; "
            "2379 and 2380 depend on the source address (nftables inet filter input)",
        ),
        (
            "nft-set",
            IPV4,
            "10250 is blocked by nftables inet filter input (policy drop); no rule blocks 6443, 2379 and 2380",
        ),
        (
            "iptables-rhel",
            IPV4,
            "6443, 10250, 2379 and 2380 are blocked by iptables-nft filter INPUT "
            "(-A INPUT -j REJECT --reject-with icmp-host-prohibited)",
        ),
        (
            "ufw",
            IPV6,
            "10250 and 2380 are blocked by ip6tables-nft filter INPUT (policy drop); no rule blocks 6443; "
            "2379 depends on recent connections (ip6tables-nft filter INPUT)",
        ),
    ],
)
def test_found(make_config: MakeConfig, recording: str, address: str, found: str) -> None:
    """Breaks the user's way to the rule that decides."""
    config = make_config("1.31.0", advertise_address=address)
    (row,) = firewall.check(config, _gather(config, recording))
    assert (row.name, row.severity, row.found) == ("Firewall", "warning", found)
    assert row.passed == ("blocked" not in found)
    assert row.wanted == "TCP ports 6443, 10250, 2379 and 2380 open to other hosts"


KEEP = ", and keep it where the rules are loaded from at boot."


@pytest.mark.parametrize(
    ("recording", "address", "cure"),
    [
        ("none", IPV4, ""),
        ("nft-set", IPV4, f"nft insert rule inet filter input tcp dport 10250 accept{KEEP}"),
        ("nft-goto-return", IPV4, f"nft insert rule inet filter input tcp dport '{{ 2379, 2380 }}' accept{KEEP}"),
        (
            "nft-prerouting",
            IPV4,
            f"nft insert rule inet filter input tcp dport 2379 accept{KEEP} "
            f"nft insert rule inet raw prerouting tcp dport 2380 accept{KEEP}",
        ),
        ("iptables-legacy", IPV6, f"ip6tables-legacy -I INPUT -p tcp -m multiport --dports 10250,2380 -j ACCEPT{KEEP}"),
        (
            "iptables-legacy-and-nft",
            IPV4,
            f"nft insert rule inet site input tcp dport 6443 accept{KEEP} "
            f"iptables-legacy -I INPUT -p tcp --dport 10250 -j ACCEPT{KEEP} "
            f"iptables-nft -I INPUT -p tcp --dport 2379 -j ACCEPT{KEEP}",
        ),
        ("ufw", IPV4, "ufw allow 2380/tcp"),
        ("ufw", IPV6, "ufw allow 10250,2380/tcp"),
        (
            "firewalld",
            IPV4,
            "firewall-cmd --permanent --add-port=2379/tcp --add-port=2380/tcp && firewall-cmd --reload, "
            "with --zone where it is not the default.",
        ),
        (
            "firewalld-iptables",
            IPV6,
            "firewall-cmd --permanent --add-port=10250/tcp --add-port=2379/tcp --add-port=2380/tcp && "
            "firewall-cmd --reload, with --zone where it is not the default.",
        ),
    ],
)
def test_cure(make_config: MakeConfig, recording: str, address: str, cure: str) -> None:
    """Breaks the cure: each of these commands, run where the rules were recorded, let the connections in."""
    config = make_config("1.31.0", advertise_address=address)
    (row,) = firewall.check(config, _gather(config, recording))
    assert row.cure == cure


def test_cure_of_rules_beside_ufw(make_config: MakeConfig) -> None:
    """Breaks the cure: ufw puts its rules behind one that somebody put before them, and is of no use when disabled."""
    config = make_config("1.31.0")
    facts = _gather(config, "ufw")
    (saved,) = facts["iptables"]
    own = dict(saved, text=saved["text"].replace("-A INPUT -j ufw-before-logging-input", "-A INPUT -p tcp -j DROP"))
    for changed in (dict(facts, iptables=[own]), dict(facts, ufw=False)):
        (row,) = firewall.check(config, changed)
        assert "iptables-nft -I INPUT -p tcp" in row.cure
        assert "ufw" not in row.cure


def test_ports(make_config: MakeConfig) -> None:
    """Breaks control planes with an own port or an external etcd."""
    assert firewall.ports_of(make_config("1.31.0", bind_port=8443)) == [8443, 10250, 2379, 2380]
    external = make_config("1.31.0", etcd_external={"endpoints": ["http://192.0.2.5:2379"]})
    assert firewall.ports_of(external) == [6443, 10250]


@pytest.mark.parametrize(
    ("recording", "address", "ran"),
    [
        ("none", IPV4, ["nft -j list ruleset"]),
        ("nft-set", IPV4, ["nft -j list ruleset"]),
        ("iptables-nft", IPV4, ["nft -j list ruleset", "iptables-nft-save"]),
        ("iptables-nft", IPV6, ["nft -j list ruleset", "ip6tables-nft-save"]),
        ("iptables-rhel", IPV6, ["nft -j list ruleset"]),
        ("iptables-legacy", IPV6, ["nft -j list ruleset", "ip6tables-legacy-save"]),
        ("iptables-kubernetes", IPV6, ["nft -j list ruleset"]),
        ("iptables-legacy-and-nft", IPV4, ["nft -j list ruleset", "iptables-nft-save", "iptables-legacy-save"]),
    ],
)
def test_runs_no_more_than_it_needs(make_config: MakeConfig, recording: str, address: str, ran: list[str]) -> None:
    """Breaks the preflight's speed, and iptables-legacy-save would load modules that nobody uses."""
    commands = _Commands(recording)
    _gather(make_config("1.31.0", advertise_address=address), recording, commands)
    assert commands.ran == ran


def _saved(recording: str, name: str) -> Result:
    return Result(0, (RECORDED / recording / "commands" / name).read_text(encoding="utf-8"), "")


NFT = "nft -j list ruleset"
DENIED = Result(1, "", "Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed\n")


@pytest.mark.parametrize(
    ("recording", "outcomes", "found"),
    [
        # No tool at all, and no sign of rules.
        ("none", {NFT: None, "iptables-nft-save": None, "iptables-save": None}, "no firewall rules"),
        # A kernel without nf_tables.
        (
            "none",
            {NFT: Result(1, "", "netlink: Error: cache initialization failed: Protocol not supported\n")},
            "no firewall rules",
        ),
        # A container, or a user without rights.
        (
            "none",
            {NFT: DENIED, "nft list tables": DENIED},
            f"not known: {NFT}: netlink: Error: cache initialization failed",
        ),
        # Rules that some part of which is known to block are no longer unknown.
        (
            "iptables-rhel",
            {NFT: DENIED, "nft list tables": DENIED},
            "6443, 10250, 2379 and 2380 are blocked by iptables-nft filter INPUT "
            "(-A INPUT -j REJECT --reject-with icmp-host-prohibited)",
        ),
        # nft without JSON, on a host that has only what iptables can tell as well.
        (
            "iptables-rhel",
            {NFT: Result(1, "", "nft: invalid option -- 'j'\n"), "nft list tables": Result(0, "table ip filter\n", "")},
            "6443, 10250, 2379 and 2380 are blocked by iptables-nft filter INPUT "
            "(-A INPUT -j REJECT --reject-with icmp-host-prohibited)",
        ),
        (
            "none",
            {NFT: Result(1, "", "nft: invalid option -- 'j'\n"), "nft list tables": Result(0, "table inet x\n", "")},
            f"not known: {NFT}: nft: invalid option -- 'j'",
        ),
        ("none", {NFT: Result(0, "[", "")}, f"not known: {NFT} printed something that is no ruleset"),
        ("none", {NFT: Result(0, '{"nftables": 1}', "")}, f"not known: {NFT} printed something that is no ruleset"),
        ("none", {NFT: Result(0, "", "")}, "no firewall rules"),
        # Without nft, iptables-nft tells its own rules.
        (
            "iptables-nft",
            {NFT: None},
            "10250 is blocked by iptables-nft filter INPUT (-A INPUT -j REJECT --reject-with icmp-port-unreachable); "
            "2380 is blocked by iptables-nft filter INPUT (policy drop); no rule blocks 6443; "
            "2379 depends on the source address (iptables-nft filter INPUT)",
        ),
        # A host that has but one iptables, of the nft variant.
        (
            "iptables-nft",
            {NFT: None, "iptables-nft-save": None, "iptables-save": _saved("iptables-nft", "iptables-nft-save")},
            "10250 is blocked by iptables filter INPUT (-A INPUT -j REJECT --reject-with icmp-port-unreachable); "
            "2380 is blocked by iptables filter INPUT (policy drop); no rule blocks 6443; "
            "2379 depends on the source address (iptables filter INPUT)",
        ),
        # A host that has but one iptables, from before there were two.
        (
            "iptables-legacy",
            {
                NFT: None,
                "iptables-nft-save": None,
                "iptables-legacy-save": None,
                "iptables-save": _saved("iptables-legacy", "iptables-legacy-save"),
            },
            "10250 is blocked by iptables filter INPUT (-A INPUT -j REJECT --reject-with icmp-port-unreachable); "
            "2380 is blocked by iptables filter INPUT (policy drop); no rule blocks 6443; "
            "2379 depends on the source address (iptables filter INPUT)",
        ),
        (
            "iptables-legacy",
            {"iptables-legacy-save": None, "iptables-save": None},
            "not known: no iptables-legacy-save for the tables in /proc/net/ip_tables_names",
        ),
        (
            "iptables-legacy",
            {"iptables-legacy-save": None, "iptables-save": _saved("iptables-rhel", "iptables-nft-save")},
            "not known: no iptables-legacy-save for the tables in /proc/net/ip_tables_names",
        ),
        (
            "iptables-legacy",
            {"iptables-legacy-save": Result(1, "", "iptables-legacy-save: Cannot initialize: Permission denied\n")},
            "not known: iptables-legacy-save: Cannot initialize: Permission denied",
        ),
        (
            "iptables-kubernetes",
            {"iptables-legacy-save": Result(3, "", "")},
            "not known: iptables-legacy-save: exit code 3",
        ),
        # Rules that were made by nft in a table of iptables' name, and no nft to read them.
        (
            "none",
            {
                NFT: None,
                "iptables-nft-save": Result(
                    0, "# Table `filter' contains incompatible base-chains, use 'nft' tool to list them.\n", ""
                ),
            },
            "not known: iptables-nft-save cannot print all rules of nftables",
        ),
        # What nft does not show of the rules of iptables-nft stays unknown where nothing else tells it.
        (
            "iptables-rhel",
            {"iptables-nft-save": None, "iptables-save": None},
            "6443, 10250, 2379 and 2380 depend on the match conntrack (nftables ip filter INPUT)",
        ),
        (
            "iptables-nft-1.8.7",
            {"iptables-nft-save": None, "iptables-save": None},
            "6443, 10250, 2379 and 2380 depend on a rate limit, an expression of iptables and the source address "
            "(nftables ip filter INPUT)",
        ),
    ],
)
def test_gathers_from_any_set_of_tools(
    make_config: MakeConfig, recording: str, outcomes: dict[str, Result | None], found: str
) -> None:
    """Breaks hosts with other tools: what cannot be read is unknown and passes, what is read twice counts once."""
    config = make_config("1.31.0")
    (row,) = firewall.check(config, _gather(config, recording, _Commands(recording, outcomes)))
    assert row.found == found
    assert row.passed == ("blocked" not in found)


def test_rules_in_a_module_that_no_tool_reads(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks honesty: nf_tables is loaded, so there may be rules, and nothing is there to read them."""
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "modules").write_text("nf_tables 376832 0 - Live 0x0\n", encoding="utf-8")
    absent = dict.fromkeys((NFT, "iptables-nft-save", "iptables-save"))
    config = make_config("1.31.0")
    (row,) = firewall.check(config, firewall.gather(Host(_Commands("none", absent), str(tmp_path)), config))
    assert (row.passed, row.found) == (
        True,
        "not known: no nft and no iptables-nft-save for the rules in nf_tables",
    )


def _host(folder: pathlib.Path, interfaces: t.Mapping[str, t.Mapping[str, str]]) -> Host:
    device = folder / "proc" / "net" / "dev"
    device.parent.mkdir(parents=True)
    device.write_text("Inter-| x\n face |y\n" + "".join(f"  {name}: 0 0\n" for name in interfaces), encoding="utf-8")
    for name, files in interfaces.items():
        (folder / "sys" / "class" / "net" / name).mkdir(parents=True)
        for file, content in files.items():
            (folder / "sys" / "class" / "net" / name / file).write_text(content, encoding="utf-8")
    return Host(_Commands("none"), str(folder))


LOCAL_INTERFACES = ("docker0", "br-0123456789ab", "veth12ab", "cni0", "cali123", "flannel.1", "virbr0")


def test_interfaces(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks rules for interfaces: those of containers and unplugged ones bring no packets of other hosts."""
    interfaces = {
        "lo": {"operstate": "unknown\n"},
        "eth0": {"operstate": "up\n", "master": ""},
        "eth1": {"operstate": "down\n"},
        "bond0": {"operstate": "up\n"},
        "wg0": {"operstate": "unknown\n"},
        **{name: {} for name in LOCAL_INTERFACES},
        "br-lan": {},
    }
    facts = firewall.gather(_host(tmp_path, interfaces), make_config("1.31.0"))
    assert facts["interfaces"] == ["bond0", "wg0", "br-lan"]


@pytest.mark.parametrize(
    ("interfaces", "fate", "doubts"),
    [
        (["eth0"], "open", set()),
        (["eth0", "eth1"], "open", set()),
        (["eth2"], "blocked", set()),
        (["eth0", "eth2"], "depends", {"the interface"}),
        ([], "depends", {"the interface"}),
        (["eth%d" % index for index in range(100)], "depends", {"the interface"}),
    ],
)
def test_the_interface_decides(make_config: MakeConfig, interfaces: list[str], fate: str, doubts: set[str]) -> None:
    """Breaks hosts with several networks: what one accepts is not what all accept."""
    text = "*filter\n:INPUT DROP [0:0]\n-A INPUT -i eth0 -j ACCEPT\n-A INPUT -i eth1 -j ACCEPT\nCOMMIT\n"
    facts = {
        "nftables": [],
        "iptables": [{"command": "iptables", "variant": "legacy", "text": text}],
        "unread": [],
        "interfaces": interfaces,
        "ufw": False,
    }
    judgement = firewall.judge_ports(make_config("1.31.0"), facts)[6443]
    assert (judgement.fate, set(judgement.doubts)) == (fate, doubts)
