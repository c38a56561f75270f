# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagnosis as the page that shows the preflight; what that looks like is tested in a browser."""

from __future__ import annotations

from diagnosis_fleet import FINDING, LATER, OUTCOMES, returned

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.html import page
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.model import diagnosis_report


def test_all_of_it_is_there() -> None:
    """Breaks the page: a host, a cause or a cure is left out, or it is called what it is not."""
    shown = page(diagnosis_report(OUTCOMES, "1.0.0", "2026-11-30T12:00:00Z"))
    assert "<title>Diagnosis: 4 of 6 hosts are not healthy</title>" in shown
    assert "Preflight" not in shown
    for text in (*OUTCOMES, FINDING["cause"], FINDING["cure"], "Error: unknown flag: --x", LATER["cause"]):
        assert str(text) in shown


def test_markup_in_what_a_host_says() -> None:
    """Breaks the reader's browser by a component's last words."""
    finding = dict(FINDING, cause="<script>alert(1)</script>")
    shown = page(diagnosis_report({"cp1": ("", returned(finding))}, "1.0.0", ""))
    assert "<script>alert(1)" not in shown
