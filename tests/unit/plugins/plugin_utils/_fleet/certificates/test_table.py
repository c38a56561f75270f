# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report on a terminal."""

from __future__ import annotations

import textwrap

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates.model import (
    CertificatesResults,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates.table import table
from certificates_fleet import ADMIN, API, CA, DUE, MISSING, RENEWED, fleet, outcome, report


def test_the_fleet() -> None:
    """Breaks the look of the report: columns, order, reasons below their rows, hosts apart, and the sum."""
    expected = """\
        Certificates of 4 hosts, kubewright.control_plane 0.1.0, 2026-01-31T12:00:00Z. Files without a leading slash are below
        /etc/kubernetes.

        HOST  FILE                              SUBJECT, NAMES, SERVER                     ISSUER             DAYS LEFT  STATUS
        cp1   pki/ca.crt                        CN=kubernetes                              kubernetes            3650.0  ok
        cp1   pki/apiserver.crt                 CN=kube-apiserver; cp1, kubernetes and 2   kubernetes             365.0  ok
                                                more
        cp1   pki/sa.key                        -                                          -                          -  ok
        cp1   admin.conf                        O=system:masters, CN=kubernetes-admin;     kubernetes             365.0  ok
                                                https://192.0.2.10:6443
        cp1   /var/lib/kubelet/pki/kubelet.crt  CN=cp1@1700000000; cp1                     cp1-ca@1700000000      365.0  ok

        cp2   pki/ca.crt                        CN=kubernetes; its key is elsewhere        kubernetes            3650.0  ok
        cp2   pki/apiserver.crt                 CN=kube-apiserver; cp1, kubernetes and 2   kubernetes             365.0  WRONG
                                                more
            SAN 192.0.2.20 missing; SAN cp.example missing
        cp2   pki/sa.key                        -                                          -                          -  MISSING
        cp2   admin.conf                        O=system:masters, CN=kubernetes-admin;     kubernetes             365.0  ok
                                                https://192.0.2.10:6443

        cp3: unreachable
            Failed to connect to the host via ssh: ssh: connect to host 192.0.2.12 port 22: No route to host

        cp4: invalid
            The configuration has 1 fault

        4 hosts: 1 passed, 1 failed, 1 unreachable, 1 invalid. 9 files: 7 ok, 1 wrong, 1 missing.
        """
    assert table(fleet(), 120) == textwrap.dedent(expected)


def test_one_host_on_which_all_is_well() -> None:
    """Breaks the words of a single host."""
    lines = table(report(cp1=outcome(CA))).split("\n")
    assert lines[0].startswith("Certificates of 1 host, ")
    assert lines[-2:] == ["1 host: 1 passed. 1 file: 1 ok.", ""]


def test_a_certificate_about_to_end() -> None:
    """Breaks when the reader has to look for what is due."""
    lines = table(report(cp1=outcome(DUE, MISSING))).split("\n")
    assert [line for line in lines if line.endswith(" 12.3  DUE")]
    assert "    ends at 2026-02-12T20:00:00+00:00" in lines
    assert "    missing" not in lines


def test_renewals() -> None:
    """Breaks when people cannot see what was renewed, restarted and served since, or that a host did not come back."""
    well = outcome(CA)._replace(renewal=RENEWED)
    nothing = outcome(CA)._replace(renewal=RENEWED._replace(renewed={}, restarted={}))
    ill = outcome(CA)._replace(renewal=RENEWED._replace(restarted={}, served={}, error="wait: not healthy"))
    left = outcome(CA)._replace(renewal=RENEWED._replace(renewed={}, restarted={}, served={}, error="left alone"))
    lines = table(report(cp1=well, cp2=nothing, cp3=ill, cp4=left), 160).split("\n")
    begin = lines.index("cp2: nothing was due") - 1
    assert lines[begin : begin + 6] == [
        "cp1: renewed apiserver; restarted kube-scheduler; kube-apiserver serves until 2027-01-31T12:00:00Z",
        "cp2: nothing was due",
        "cp3: NOT BACK; renewed apiserver",
        "    wait: not healthy",
        "cp4: NOT RENEWED",
        "    left alone",
    ]


def test_a_renewal_in_check_mode() -> None:
    """Breaks when people read that certificates were renewed and components restarted where nothing was done."""
    planned = outcome(CA)._replace(renewal=RENEWED._replace(served={}, planned=True))
    assert "cp1: would have renewed apiserver; would have restarted kube-scheduler" in table(
        report(cp1=planned), 160
    ).split("\n")


def test_only_hosts_that_did_not_answer() -> None:
    """Breaks when the heading of an empty table is printed, or the sum of no files."""
    text = table(report(cp1=CertificatesResults("", {"unreachable": True, "msg": "gone"}, {})))
    assert "HOST" not in text
    assert text.split("\n")[2:] == ["", "cp1: unreachable", "    gone", "", "1 host: 1 unreachable.", ""]


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Breaks when the terminal breaks the lines: the columns would no longer be columns."""
    long = "a" * 150
    unusual = API._replace(path="/" + long, subject="CN=" + long, issuer="CN=" + long, sans=[long], reason=long)
    more = {long: outcome(unusual._replace(status="unreadable"), ADMIN)}
    more["gone-" + long] = CertificatesResults("", {"unreachable": True, "msg": long}, {})
    assert max(len(line) for line in table(fleet(**more), width).split("\n")) <= width


def test_no_host() -> None:
    """Breaks a play whose pattern matches nothing."""
    assert table(report()).endswith("\n\nNo host was asked.\n")
