# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for a terminal."""

from __future__ import annotations

from plan_fleet import MANIFEST, plan

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.table import table


def test_the_table() -> None:
    """Breaks what a person is told: what changes on a host, field by field, or that not all of it is known."""
    away = "(the API server was away for 18 s when this was done last)"
    assert table(plan()).splitlines() == [
        "Plan by kubewright.control_plane 0.1.0, 2026-01-31T12:00:00Z",
        "",
        "cp1: 2 changes",
        f"  {MANIFEST}  change   it differs",
        "      --v: 2 -> 4",
        f"  kube-apiserver                                 restart  its manifest changes {away}",
        "",
        "cp2: nothing to change",
        "",
        "cp3: FAILED",
        "    Swap: found swap is on.",
        "    Turn it off.",
        "",
        "cp4: UNREACHABLE",
        "    no route to host",
        "",
        "cp5: 1 change by the phases preflight, images, certs, kubeconfig, audit; the others were not looked at",
        "  /etc/kubernetes/pki/sa  create  missing",
        "",
        "cp6: UNKNOWN",
        "    The run has not come to this host.",
        "",
        "6 hosts: 2 complete, 1 incomplete, 1 failed, 1 unreachable, 1 unknown. 1 to create, 1 to change, 1 to restart at "
        "least.",
    ]


def test_a_run_that_has_changed_something() -> None:
    """Breaks the words of a run without check mode: what is done would be told as what is to come."""
    done = plan(check_mode=False)
    assert "cp2: nothing changed" in table(done)
    assert table(done).startswith("Changes by ")
    assert table(done).endswith("1 unknown. create 1, change 1, restart 1 at least.\n")
    (first, *_others) = done.hosts
    lost = first._replace(status="failed", message="why")
    assert "cp1: FAILED, so that this is not all" in table(done._replace(hosts=[lost]))


def test_nothing_to_tell() -> None:
    """Breaks with a traceback where no host is there, or says no word where nothing changes."""
    assert table(plan()._replace(hosts=[])).endswith("No host was asked.\n")
    assert table(plan()._replace(hosts=plan().hosts[1:2])).endswith("1 host: 1 complete. Nothing to change.\n")
    # Of one that could not be planned nobody knows.
    assert table(plan()._replace(hosts=plan().hosts[3:4])).endswith("1 host: 1 unreachable.\n")
