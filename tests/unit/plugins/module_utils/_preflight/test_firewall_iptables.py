# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of iptables-save, one match or target after the other."""

from __future__ import annotations

import ipaddress

import hypothesis
import hypothesis.strategies as st
import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_iptables as iptables
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_chains import (
    Judgement,
    judge,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._firewall_packet import Packet

IPV4 = Packet(ipaddress.ip_address("192.0.2.10"), 6443, "eth0")
IPV6 = Packet(ipaddress.ip_address("2001:db8::10"), 6443, "eth0")


def _judge(*rules: str, before: str = "", packet: Packet = IPV4) -> Judgement:
    chains = "".join(f":{rule.split()[1]} - [0:0]\n" for rule in rules if not rule.startswith("-A INPUT"))
    text = f"{before}*filter\n:INPUT ACCEPT [7:420]\n{chains}" + "\n".join(rules) + "\nCOMMIT\n"
    return judge(iptables.base_chains("iptables", text), packet)


# Matches, and whether they match: yes, no, or not known.
MATCHES = [
    ("", True),
    ("-p tcp", True),
    ("-p 6", True),
    ("-p all", True),
    ("-p udp", False),
    ("! -p tcp", False),
    ("! -p udp", True),
    ("-s 0.0.0.0/0", True),
    ("-s 10.0.0.0/8", None),
    ("-s 10.0.0.0/255.0.0.0", None),
    ("! -s 10.0.0.0/8", None),
    ("-s 127.0.0.0/8", False),
    ("! -s 127.0.0.0/8", True),
    # iptables before 1.4.3 puts the sign behind.
    ("-s ! 127.0.0.0/8", True),
    ("-d 192.0.2.10/32", True),
    ("-d 192.0.2.0/255.255.255.0", True),
    ("! -d 192.0.2.0/24", False),
    ("-d 10.0.0.0/8", False),
    ("-d 10.0.0.0/255.0.255.0", None),
    ("-i eth0", True),
    ("-i eth+", True),
    ("-i lo", False),
    ("! -i lo", True),
    ("-o eth0", False),
    ("! -o eth0", True),
    ("-f", False),
    ("! -f", True),
    ("-p tcp -m tcp --dport 6443", True),
    ("-p tcp -m tcp --dport 6444", False),
    ("-p tcp -m tcp ! --dport 6443", False),
    ("-p tcp -m tcp --dport 6000:7000", True),
    ("-p tcp -m tcp --dport :6443", True),
    ("-p tcp -m tcp --dport 6444:", False),
    ("-p tcp -m tcp --dport https", None),
    ("-p tcp -m tcp --sport 1024:65535", True),
    ("-p tcp -m tcp --sport 40000", None),
    ("-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", True),
    ("-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN", False),
    ("-p tcp -m tcp --tcp-flags ALL NONE", False),
    ("-p tcp -m tcp --tcp-flags SYN,XYZ SYN", None),
    ("-p tcp -m tcp --tcp-option 2", None),
    ("-p udp -m udp --dport 6443", False),
    ("-p udp -m udp ! --dport 53", False),
    ("-p icmp -m icmp --icmp-type 8", False),
    ("-p tcp -m multiport --dports 22,6443", True),
    ("-p tcp -m multiport --dports 22,6000:7000", True),
    ("-p tcp -m multiport --dports 22,80", False),
    ("-p tcp -m multiport ! --dports 22,80", True),
    ("-p tcp -m multiport --sports 22", False),
    ("-p tcp -m multiport --ports 22,6443", True),
    ("-p tcp -m multiport --ports 30000", None),
    ("-m conntrack --ctstate NEW", True),
    ("-m conntrack --ctstate NEW,ESTABLISHED", True),
    ("-m conntrack --ctstate RELATED,ESTABLISHED", False),
    ("-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT", True),
    ("-m conntrack --ctstate INVALID", False),
    ("-m conntrack --ctdir ORIGINAL", True),
    ("-m conntrack --ctdir REPLY", False),
    ("-m conntrack --ctstatus ASSURED", False),
    ("-m conntrack --ctstatus NONE", None),
    ("-m conntrack --ctproto 6", True),
    ("-m conntrack --ctexpire 10", None),
    ("-m state --state NEW", True),
    ("-m state --state ESTABLISHED", False),
    ('-m comment --comment "-j DROP ! -p udp \\"x\\" "', True),
    ("-m comment --comment word", True),
    ("-m comment --comment --dport -p tcp", True),
    ("-m comment --comment -j -p udp", False),
    ("-m mark --mark 0x0", True),
    ("-m mark --mark 0x8000/0x8000", False),
    ("-m mark ! --mark 0x8000/0x8000", True),
    ("-m connmark --mark 0x1", False),
    ("-m connmark ! --mark 0x1", True),
    ("-m addrtype --dst-type LOCAL", True),
    ("-m addrtype --dst-type UNICAST", False),
    ("-m addrtype ! --dst-type LOCAL,BROADCAST", False),
    ("-m addrtype --src-type LOCAL", False),
    ("-m addrtype --src-type UNICAST", True),
    ("-m addrtype --dst-type LOCAL --limit-iface-in", None),
    ("-m iprange --dst-range 192.0.2.1-192.0.2.20", True),
    ("-m iprange --dst-range 192.0.2.1-192.0.2.9", False),
    ("-m iprange --src-range 192.0.2.1-192.0.2.20", None),
    ("-m pkttype --pkt-type unicast", True),
    ("-m pkttype --pkt-type multicast", False),
    ("-m rpfilter", True),
    ("-m rpfilter --loose --validmark --invert", False),
    ("-m limit --limit 3/min --limit-burst 10", None),
    ("-m hashlimit --hashlimit-above 5/sec --hashlimit-mode srcip --hashlimit-name x", None),
    ("-m recent --update --seconds 30 --hitcount 6 --name DEFAULT --rsource", None),
    ("-m connlimit --connlimit-above 100 --connlimit-mask 32 --connlimit-saddr", None),
    ("-m set --match-set admins src", None),
    ("-m set ! --match-set admins src", None),
    ("-m socket", None),
    ("-m statistic --mode random --probability 0.5", None),
    ("-m time --timestart 08:00:00", None),
    ("-m no-such-match --with -1 ! --strange words", None),
    ("-p udp -m limit --limit 3/min", False),
]
IPV6_MATCHES = [
    ("-s ::/0", True),
    ("-s 2001:db8::/64", None),
    ("-s ::1/128", False),
    ("-d 2001:db8::10/128", True),
    ("! -d fe80::/10", True),
    ("-p ipv6-icmp -m icmp6 --icmpv6-type 135", False),
    ("-m rt --rt-type 0", False),
    ("-m rt ! --rt-type 0", False),
    ("-m frag --fragfirst", False),
    # Other than for IPv4, all the types have to fit, and this is what they are.
    ("-m addrtype --dst-type UNICAST", True),
    ("-m addrtype --dst-type LOCAL", True),
    ("-m addrtype --src-type UNICAST", True),
    ("-m addrtype --src-type LOCAL,UNICAST", False),
    ("-m addrtype --dst-type MULTICAST", False),
    ("-m addrtype --dst-type ANYCAST", None),
    ("-m iprange --dst-range 2001:db8::1-2001:db8::ff", True),
]
FATES = {True: "blocked", False: "open", None: "depends"}


@pytest.mark.parametrize(
    ("packet", "match", "known"), [(IPV4, *row) for row in MATCHES] + [(IPV6, *row) for row in IPV6_MATCHES]
)
def test_matches(packet: Packet, match: str, known: bool | None) -> None:
    """Breaks the rules that have this match: they act on the packet, or do not, or might."""
    judgement = _judge(f"-A INPUT {match} -j DROP", packet=packet)
    assert judgement.fate == FATES[known]
    assert bool(judgement.doubts) == (known is None)


@pytest.mark.parametrize(
    ("target", "fate"),
    [
        ("-j ACCEPT", "open"),
        ("-j DROP", "blocked"),
        ("-j REJECT --reject-with tcp-reset", "blocked"),
        ("-j TARPIT", "blocked"),
        ("-j RETURN", "open"),
        ('-j LOG --log-prefix "-j ACCEPT " --log-level 4', "blocked"),
        ("-j NFLOG --nflog-group 1", "blocked"),
        ("-j MARK --set-xmark 0x1/0xffffffff", "blocked"),
        ("", "blocked"),
        ("-j NFQUEUE --queue-num 0 --queue-bypass", "depends"),
        ("-j SYNPROXY --mss 1460", "depends"),
        ("-j NO-SUCH-TARGET", "depends"),
        ("-j OTHER", "open"),
        ("-g OTHER", "open"),
        ("-j EMPTY", "blocked"),
        ("-g EMPTY", "open"),
    ],
)
def test_targets(target: str, fate: str) -> None:
    """Breaks the rules with this target: what comes after them is reached, or not."""
    other = ["-A OTHER -p tcp -j ACCEPT", "-A EMPTY -p udp -j DROP"]
    assert _judge(f"-A INPUT -p tcp {target}".rstrip(), "-A INPUT -j DROP", *other).fate == fate


MANGLE = "*mangle\n:PREROUTING ACCEPT [0:0]\n{}\nCOMMIT\n"


@pytest.mark.parametrize(
    ("targets", "match", "known"),
    [
        (["MARK --set-xmark 0x1/0xffffffff"], "-m mark --mark 0x1", True),
        (["MARK --set-mark 0x1"], "-m mark --mark 0x1", True),
        (["MARK --set-mark 0x3", "MARK --set-xmark 0x0/0x2"], "-m mark --mark 0x1", True),
        (["MARK --or-mark 0x6", "MARK --and-mark 0x3", "MARK --xor-mark 0x1"], "-m mark --mark 0x3", True),
        (["MARK --set-xmark strange"], "-m mark --mark 0x3", None),
        (["MARK --no-such-option 1"], "-m mark --mark 0x3", None),
        (["CONNMARK --set-xmark 0x5/0xffffffff"], "-m connmark --mark 0x4/0x4", True),
        (
            ["MARK --set-mark 0x5", "CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff"],
            "-m connmark --mark 0x5",
            True,
        ),
        (["CONNMARK --set-mark 0x5", "CONNMARK --restore-mark --mask 0x4"], "-m mark --mark 0x4", True),
        (["XYZ"], "-m mark --mark 0x3", None),
    ],
)
def test_marks(targets: list[str], match: str, known: bool | None) -> None:
    """Breaks the chains of Kubernetes and of network plugins, which drop or accept what other rules have marked."""
    before = MANGLE.format("\n".join(f"-A PREROUTING -j {target}" for target in targets))
    assert _judge(f"-A INPUT {match} -j DROP", before=before).fate == FATES[known]


RAW = "*raw\n:PREROUTING ACCEPT [0:0]\n{}\nCOMMIT\n"


@pytest.mark.parametrize(
    ("rules", "match", "known"),
    [
        (["-j CT --notrack"], "-m conntrack --ctstate NEW", False),
        (["-j NOTRACK"], "-m conntrack --ctstate UNTRACKED", True),
        (["-j CT --zone 1"], "-m conntrack --ctstate NEW", True),
        (["-j CT --notrack"], "-m connmark ! --mark 0x1", False),
        (["-j CT --notrack"], "-m conntrack ! --ctdir REPLY", False),
        (["-j CT --notrack"], "-m conntrack --ctdir REPLY --ctstate UNTRACKED", None),
        (["-s 10.0.0.0/8 -j CT --notrack"], "-m conntrack --ctstate NEW", None),
        (["-s 10.0.0.0/8 -j CT --notrack"], "-m conntrack --ctstate ESTABLISHED", False),
        # conntrack comes after the table raw.
        (["-m conntrack --ctstate NEW -j DROP"], "-p udp", False),
        (["-m conntrack --ctstate INVALID -j DROP"], "-p udp", True),
        (["-m connmark ! --mark 0x1 -j DROP"], "-p udp", False),
    ],
)
def test_before_conntrack(rules: list[str], match: str, known: bool | None) -> None:
    """Breaks rules in the table raw, where no connection is known yet, and those for packets that are not tracked."""
    before = RAW.format("\n".join(f"-A PREROUTING {rule}" for rule in rules))
    assert _judge(f"-A INPUT {match} -j DROP", before=before).fate == FATES[known]


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        ("", "open"),
        ("*filter\n:INPUT DROP [0:0]\nCOMMIT\n", "blocked"),
        ("*security\n:INPUT DROP [0:0]\nCOMMIT\n", "blocked"),
        ("*mangle\n:INPUT DROP [0:0]\nCOMMIT\n", "blocked"),
        ("*nat\n:PREROUTING DROP [0:0]\n:INPUT DROP [0:0]\nCOMMIT\n", "open"),
        ("*filter\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\nCOMMIT\n", "open"),
        ("# comment\n*filter\n:INPUT ACCEPT [0:0]\n[3:180] -A INPUT -j DROP\nCOMMIT\n", "blocked"),
        ("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j LOOP\n:LOOP - [0:0]\n-A LOOP -j LOOP\nCOMMIT\n", "depends"),
        (
            "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT\n-A INPUT -j\n-A INPUT -m\n-A INPUT !\n-A INPUT -s -j DROP\nCOMMIT\n",
            "depends",
        ),
        ('*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m comment --comment "open -j DROP\nCOMMIT\n', "blocked"),
        ("no\nrules : at all\n-A INPUT -j DROP\n", "open"),
    ],
)
def test_texts(text: str, fate: str) -> None:
    """Breaks the module on other tables, on counters, and on texts that no iptables-save prints."""
    assert judge(iptables.base_chains("iptables", text), IPV4).fate == fate


SYNTAX = (
    "-A INPUT -m tcp conntrack mark -p -s -d -i --dport --dports --mark --ctstate --tcp-flags ! -j -g DROP MARK CONNMARK"
    ' --set-xmark --restore-mark --nfmask 0x1 0x1/0x2 / : , 1:2 eth0 + * *filter COMMIT # " \\'
)
WORDS = st.sampled_from(SYNTAX.split())


@hypothesis.given(lines=st.lists(st.lists(WORDS, max_size=8), max_size=6))
def test_any_text(lines: list[list[str]]) -> None:
    """Breaks the module with an error on some other order of the same words."""
    rules = "\n".join("-A INPUT " + " ".join(words) for words in lines)
    mangle = f"*mangle\n:INPUT ACCEPT [0:0]\n{rules}\nCOMMIT\n"
    assert _judge(*(" ".join(words) for words in lines if words[1:]), before=mangle).fate in FATES.values()


def test_place() -> None:
    """Breaks the user's way to the rule: it is told as iptables-save prints it."""
    rule = '-A SITE -p tcp -m comment --comment "no \\"such\\" port" -j REJECT --reject-with tcp-reset'
    (place,) = _judge("-A INPUT -j SITE", rule).places
    assert (place.base.command, place.base.table, place.chain, place.rule) == ("iptables", "filter", "SITE", rule)


def test_many_rules() -> None:
    """Breaks nodes with thousands of services: of their chains only those that the packet comes to decide."""
    services = [
        f'-A KUBE-{number} -m comment --comment "x y" -s 10.0.0.{number % 250}/32 -j DROP' for number in range(5000)
    ]
    judgement = _judge("-A INPUT -p udp -j KUBE-1", "-A INPUT -j KUBE-2", *services)
    assert judgement.fate == "depends"
    assert judgement.places[0].chain == "KUBE-2"
