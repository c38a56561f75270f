# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts have in common."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.findings import (
    check_findings,
    missing_hosts,
)
from preflight_fleet import FEW_CPUS, SWAP, fleet, single


def test_one_finding_of_many_hosts() -> None:
    """Breaks when what many hosts have in common is reported once for each, or in another order."""
    found = [(item.name, item.outcome, [len(one.hosts) for one in item.findings]) for item in check_findings(fleet())]
    assert found == [
        ("Port-6443", "error", [1, 1, 1]),
        ("Swap", "error", [8]),
        ("SystemVerification-Cgroups", "error", [1, 1]),
        ("FileContent--proc-sys-net-bridge-bridge-nf-call-iptables", "error", [3]),
        ("NumCPU", "waived", [5]),
        ("Hostname", "warning", [1]),
        ("FileExisting-crictl", "warning", [27]),
    ]


def test_a_waived_failure_is_another_one() -> None:
    """Breaks when a check that one host waives and another does not is one finding."""
    found = check_findings(single(FEW_CPUS, dict(FEW_CPUS, ignored=False), SWAP))
    assert [(item.name, item.outcome) for item in found] == [
        ("NumCPU", "error"),
        ("Swap", "error"),
        ("NumCPU", "waived"),
    ]


def test_a_host_is_named_once() -> None:
    """Breaks when a host that has the same row twice counts as two hosts."""
    assert check_findings(single(SWAP, SWAP))[0].findings[0].hosts == ["cp1"]


def test_the_reasons_why_hosts_have_no_verdict() -> None:
    """Breaks when a reason is repeated for each host."""
    assert [(item.status, item.hosts) for item in missing_hosts(fleet())] == [
        ("unreachable", ["cp12.prod.example.net", "cp13.prod.example.net"]),
        ("invalid", ["cp14.prod.example.net"]),
    ]
