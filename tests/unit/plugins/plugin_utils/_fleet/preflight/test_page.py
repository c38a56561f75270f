# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the page shows of a report: cells, columns and shared rows."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.page import page
from preflight_fleet import NAMES, SWAP, fleet, single


def test_the_cell_of_several_rows_shows_the_worst() -> None:
    """Breaks when a passed row hides a failed one of the same name."""
    waived = dict(SWAP, ignored=True, found="one more")
    report = single(dict(SWAP, passed=True), waived, SWAP, dict(SWAP, found="another"))
    cell = page(report)["matrix"][0]["cells"][NAMES.index("Swap")]
    assert (cell["outcome"], cell["label"], cell["count"]) == ("error", "error", 2)
    assert "another" in cell["title"]
    assert "one more" not in cell["title"]


def test_hosts_share_their_rows() -> None:
    """Breaks when the page grows with the hosts although they all say the same."""
    data = page(fleet())["data"]
    assert len(data["rows"]) < 2 * len(NAMES)
    swap = NAMES.index("Swap")
    rows = [data["rows"][number] for number in data["hosts"][2]["cells"][swap]]
    assert [(row["outcome"], row["cure"]) for row in rows] == [("error", SWAP["cure"])]
    assert data["hosts"][11]["cells"] == [[]] * len(NAMES)
