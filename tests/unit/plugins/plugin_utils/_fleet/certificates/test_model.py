# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what the tasks registered to the report."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates import model
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import OK, STATUSES
from certificates_fleet import API, CA, CONFIG, CREATED, DUE, fleet, outcome, report


def test_every_host_is_there() -> None:
    """Breaks when a host is lost that could not be reached, whose input is wrong or on which the module broke."""
    broken = {"failed": True, "msg": "MODULE FAILURE", "module_stderr": "sudo: a password"}
    found = fleet(cp5=model.CertificatesResults("", CONFIG, broken), cp6=model.CertificatesResults("", {}, {}))
    assert {host.name: (host.status, host.kubernetes_version) for host in found.hosts} == {
        "cp1": ("passed", "v1.31.0"),
        "cp2": ("failed", "v1.31.0"),
        "cp3": ("unreachable", ""),
        "cp4": ("invalid", ""),
        "cp5": ("invalid", "v1.31.0"),
        "cp6": ("invalid", ""),
    }
    messages = {host.name: host.message for host in found.hosts}
    assert (messages["cp1"], messages["cp2"], messages["cp6"]) == ("", "", "no cause was given")
    assert messages["cp5"] == "MODULE FAILURE\nsudo: a password"
    assert model.failing_hosts(found) == ["cp2", "cp3", "cp4", "cp5", "cp6"]
    assert model.count_hosts(found) == {"passed": 1, "failed": 1, "unreachable": 1, "invalid": 3}


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_but_one_fails(status: str) -> None:
    """Breaks the exit code for a certificate that is wrong, ended or about to end."""
    found = report(cp1=outcome(CA, API._replace(status=status)))
    assert model.failing_hosts(found) == ([] if status == OK else ["cp1"])


def test_numbers_of_certificates() -> None:
    """Breaks the summary."""
    found = report(cp1=outcome(CA, API), cp2=outcome(CA, DUE))
    assert {status: count for status, count in model.count_certificates(found).items() if count} == {"ok": 3, "due": 1}


def test_texts_of_hosts_are_made_legible() -> None:
    """Breaks when a name in a certificate can move the cursor of a terminal."""
    dirty = API._replace(subject="CN=\x1b[2Jx", sans=["a\x07b"], reason="\rover")
    found = report(**{"cp\x071": outcome(dirty, cluster="a\x07")})
    entry = found.hosts[0].certificates[0]
    assert (entry.subject, entry.sans, entry.reason) == ("CN=x", [r"a\x07b"], "\nover")
    assert (found.hosts[0].name, found.hosts[0].cluster) == (r"cp\x071", r"a\x07")
    assert (entry.days_left, entry.has_key, entry.server, found.created) == (365.0, True, None, CREATED)


@pytest.mark.parametrize(
    "certificates", [None, 5, [None], [{}], [{"path": 1}], [dict(API._asdict(), more=1)]], ids=repr
)
def test_a_host_with_odd_results(certificates: t.Any) -> None:
    """Breaks the report of all hosts for one of them."""
    odd = model.CertificatesResults("", CONFIG, {"changed": False, "certificates": certificates})
    found = report(odd=odd, cp1=outcome(API))
    assert [(host.name, host.status) for host in found.hosts] == [("odd", "invalid"), ("cp1", "passed")]
