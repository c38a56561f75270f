# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What outcomes mean together."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import judgement
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check, is_named

MEM = Check("Mem", "error", False, "1 MB", "1700 MB", "Give it more.")
CPU = Check("NumCPU", "error", True, "2 CPUs", "2 CPUs", "")
SWAP = Check("Swap", "warning", False, "on", "off", "swapoff")
FIREWALL = Check("Firewall", "hint", False, "drop", "open", "See the rules.")


@pytest.mark.parametrize(
    ("ignored", "errors", "stopping", "waived", "warnings"),
    [
        ([], [], ["Mem"], [], ["warning Swap", "hint Firewall"]),
        (["mem"], [], [], ["Mem"], ["waived error Mem", "warning Swap", "hint Firewall"]),
        (["ALL"], [], [], ["Mem"], ["waived error Mem", "warning Swap", "hint Firewall"]),
        ([], ["swap"], ["Mem", "Swap"], [], ["hint Firewall"]),
        ([], ["all"], ["Mem", "Swap"], [], ["hint Firewall"]),
        (["swap"], ["swap"], ["Mem"], ["Swap"], ["waived error Swap", "hint Firewall"]),
        (["Port-6443"], ["Port-6443"], ["Mem"], [], ["warning Swap", "hint Firewall"]),
    ],
)
def test_judge(
    ignored: list[str], errors: list[str], stopping: list[str], waived: list[str], warnings: list[str]
) -> None:
    """K2: breaks when an error passes unwaived, a waiver is not said, a warning stops a run that nobody asked it to, or a hint any."""
    found = judgement.judge([judgement.row(check, ignored, errors) for check in (MEM, CPU, SWAP, FIREWALL)])
    assert [text.split(":")[0] for text in found.errors] == stopping
    assert [text.split(";")[0] for text in found.waived] == waived
    assert [text.split(":")[0] for text in found.warnings] == warnings


def test_message() -> None:
    """Breaks a message without the finding or the cure, or that counts wrongly."""
    [error] = judgement.judge([judgement.row(MEM, [], [])]).errors
    assert judgement.message([error]) == (
        "1 check failed; nothing was changed.\n- Mem: found 1 MB; wanted 1700 MB. Give it more."
    )
    assert judgement.message([error, error]).startswith("2 checks failed;")


@pytest.mark.parametrize(
    ("name", "names", "named"),
    [("Mem", [], False), ("Mem", ["MEM"], True), ("Mem", ["All"], True), ("Mem", ["Memory"], False)],
)
def test_is_named(name: str, names: list[str], named: bool) -> None:
    """K2: breaks a waiver in another case than kubeadm's."""
    assert is_named(name, names) == named
