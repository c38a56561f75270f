# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report on a terminal."""

from __future__ import annotations

import textwrap
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight import model
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.table import table
from preflight_fleet import (
    CGROUPS,
    CREATED,
    CRICTL,
    FEW_CPUS,
    SSH_MESSAGE,
    SWAP,
    checks,
    failed_row,
    fleet,
    single,
)


def _alike(count: int, *failed: dict[str, t.Any]) -> model.Report:
    """So many hosts with the same failures."""
    result = {"checks": checks(*failed)}
    hosts = [model.host_report(f"cp{number}", "", result) for number in range(1, count + 1)]
    return model.Report("0.1.0", CREATED, hosts)


def _lines(text: str, start: str) -> list[str]:
    """The lines from the first that begins so to the next empty one."""
    lines = text.split("\n")
    first = next(number for number, line in enumerate(lines) if line.startswith(start))
    return lines[first : lines.index("", first)]


def test_one_host() -> None:
    """Breaks the look of the report of a single host: columns, order, what is said once and what is waived."""
    expected = """\
        Preflight of 1 host, kubewright.control_plane 0.1.0, 2026-01-31T12:00:00Z

        HOST  VERSION  STATUS  ERRORS  WAIVED  WARNINGS
        cp1   v1.31.2  failed       3       1         1

        ERROR    Swap                        found   swap on /dev/sda3
                                             wanted  off
                                             cure    Run 'swapoff --all', and take the swap's line out of /etc/fstab, or
                                                     set kubewright_kubelet_fail_swap_on: false.

        ERROR    SystemVerification-Cgroups  found   memory absent
                                             wanted  the controller memory
                                             cure    Boot with cgroup_enable=memory.
                                             found   pids absent
                                             wanted  the controller pids
                                             cure    Boot with cgroup_enable=pids.

        waived   NumCPU                      found   1 CPU
                                             wanted  at least 2 CPUs
                                             cure    Give the host more CPUs.

        warning  FileExisting-crictl         found   not found
                                             wanted  crictl in PATH
                                             cure    Install the package that has crictl.

        1 host: 1 failed. 3 errors, 1 waived error, 1 warning, 41 checks passed.

        Waived errors:
        - NumCPU: found 1 CPU; on cp1
        """
    assert table(single(SWAP, CRICTL, FEW_CPUS, *CGROUPS), 112) == textwrap.dedent(expected)


def test_a_host_that_passed() -> None:
    """Breaks when a host on which all is well takes more than a line."""
    assert table(single()).split("\n")[2:] == ["Passed: cp1", "", "1 host: 1 passed. 45 checks passed.", ""]


def test_a_hint_is_said_of_a_host_that_passed() -> None:
    """Breaks when a hint counts against a host, or is not said."""
    text = table(single(failed_row("Swap", "hint", found="something odd")))
    assert "Passed: cp1" in text
    assert _lines(text, "hint")[0].split() == ["hint", "Swap", "found", "something", "odd"]
    assert "1 host: 1 passed. 1 hint, 44 checks passed." in text


def test_a_host_that_is_out_of_reach() -> None:
    """Breaks when the reason is cut or the numbers pretend that something was checked."""
    report = model.Report("0.1.0", CREATED, [model.host_report("cp1", "", None, unreachable=SSH_MESSAGE)])
    text = table(report)
    assert _lines(text, "cp1") == ["cp1   unreachable       -       -         -"]
    assert [line[27:] for line in _lines(text, "ERROR  unreachable  cause")] == [
        "Failed to connect to the host via ssh: ssh: connect to host 192.0.2.12 port 22: No route to",
        "host",
        "Check the address of the host and its firewall.",
    ]


def test_a_failure_of_fifty_hosts_is_printed_once() -> None:
    """Breaks when fifty hosts with the same failure print it fifty times."""
    text = table(_alike(50, SWAP))
    assert text.count("swapoff") == 1
    assert _lines(text, "ERROR") == [
        "ERROR  Swap                       found   swap on /dev/sda3",
        "       cp1, cp2, cp3 and 47 more  wanted  off",
        "                                  cure    Run 'swapoff --all', and take the swap's line out of /etc/fstab, or set",
        "                                          kubewright_kubelet_fail_swap_on: false.",
    ]
    assert len(text.split("\n")) < 50 + 15


@pytest.mark.parametrize(
    ("count", "named"),
    [(2, "cp1, cp2"), (4, "cp1, cp2, cp3, cp4"), (5, "cp1, cp2, cp3 and 2 more")],
)
def test_how_hosts_are_named(count: int, named: str) -> None:
    """Breaks when one more host is counted where it could be named."""
    assert f"\n         {named}  " in table(_alike(count, CRICTL, SWAP))


def test_passed_hosts_are_one_line() -> None:
    """Breaks when the hosts on which all is well fill the screen."""
    assert table(_alike(50)).split("\n")[2] == "Passed: cp1, cp2, cp3 and 47 more (50 hosts)"


def test_the_fleet() -> None:
    """Breaks when a host that is not well has no line, or the worst is not on top."""
    text = table(fleet())
    for host in fleet().hosts:
        assert any(line.startswith(host.name + " ") for line in text.split("\n")) == (host.status != "passed")
    heads = [line[:35].split() for line in text.split("\n") if line[:8].strip() in ("ERROR", "waived", "warning")]
    assert [head[0] for head in heads] == ["ERROR"] * 6 + ["waived"] + ["warning"] * 2
    assert [head[1] for head in heads[:4]] == ["unreachable", "invalid", "Port-6443", "Swap"]
    assert _lines(text, "50 hosts:") == [
        "50 hosts: 16 passed, 16 with warnings, 15 failed, 2 unreachable, 1 invalid. 16 errors, 5 waived errors, 28 warnings,",
        "2067 checks passed.",
    ]
    assert _lines(text, "Waived errors:")[1:] == [
        "- NumCPU: found 1 CPU; on cp4.prod.example.net, cp9.prod.example.net, cp21.prod.example.net, cp31.prod.example.net,",
        "  cp32.prod.example.net",
    ]


def test_what_differs_from_host_to_host() -> None:
    """Breaks when findings of one check fall apart, or repeat what holds for all of them."""
    hosts = [
        model.host_report(f"cp{number}", "", {"checks": [failed_row("Mem", found=f"{number} MB", wanted="1700 MB")]})
        for number in (1, 2)
    ]
    assert _lines(table(model.Report("0.1.0", CREATED, hosts)), "ERROR") == [
        "ERROR  Mem  found   1 MB",
        "       cp1  wanted  1700 MB",
        "            cure    Mend Mem.",
        "       cp2  found   2 MB",
    ]


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Breaks when the terminal breaks the lines: the columns would no longer be columns."""
    long = "a" * 150
    host = model.host_report("host-" + long, "cluster-" + long, {"checks": [failed_row(long, found=long, wanted=long)]})
    for report in (fleet(), single(SWAP), model.Report("0.1.0", CREATED, [*fleet().hosts, host])):
        assert max(len(line) for line in table(report, width).split("\n")) <= width


def test_a_message_cannot_command_the_terminal() -> None:
    """Breaks when the message of a host can change colours, move the cursor or overwrite a line."""
    host = model.host_report("cp1", "", None, unreachable="\x1b[2Jgone\rover")
    text = table(model.Report("0.1.0", CREATED, [host]))
    assert [line.split("cause  ")[-1].strip() for line in _lines(text, "ERROR")] == ["gone", "over"]


def test_no_host() -> None:
    """Breaks a play whose pattern matches nothing."""
    assert table(model.Report("0.1.0", CREATED, [])).endswith("\n\nNo host was checked.\n")
