# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis of many hosts as values."""

from __future__ import annotations

from diagnosis_fleet import OUTCOMES

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.model import (
    diagnosis_report,
    is_failing,
)


def test_each_kind_of_host() -> None:
    """Breaks the exit code and the table: a host that nobody could look at is taken for one that is well."""
    report = diagnosis_report(OUTCOMES, "1.0.0", "2026-11-30T12:00:00Z")
    assert {host.name: (host.status, is_failing(host)) for host in report.hosts} == {
        "cp1": ("healthy", False),
        "cp2": ("faulty", True),
        "cp3": ("starts", True),
        "cp4": ("unreachable", True),
        "cp5": ("failed", True),
        "cp6": ("failed", True),
    }
    assert report.hosts[0].cluster == "east"
    assert report.hosts[4].message == "no Python"
    assert report.hosts[1].findings[0].fault == "UnknownFlag"
