# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The comparison of two runs of the conformance tests: that it sees what passes on one side only."""

from __future__ import annotations

import pathlib
import re

from conformance.comparison import Comparison, Rule, compare, markdown, outcomes, rules

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "conformance"
JUNIT = """<testsuites><testsuite>
<testcase name="[It] [sig-apps] runs [Conformance]" status="passed"></testcase>
<testcase name="[It] [sig-apps] fails [Conformance]" status="failed"><failure message="no"></failure></testcase>
<testcase name="[It] [sig-apps] panics [Conformance]" status="panicked"><failure message="no"></failure></testcase>
<testcase name="[It] [sig-apps] is not chosen" status="skipped"></testcase>
<testcase name="[SynchronizedBeforeSuite]" status="passed"></testcase>
</testsuite></testsuites>"""


def test_only_tests_that_were_run_count() -> None:
    """Breaks when a test that was left out, or a step of the suite, is taken for one that passed or failed."""
    assert outcomes(JUNIT) == {
        "[sig-apps] runs [Conformance]": True,
        "[sig-apps] fails [Conformance]": False,
        "[sig-apps] panics [Conformance]": False,
    }


def test_what_passes_on_one_side_only_is_different() -> None:
    """Breaks when a test that passes on kubeadm's control plane alone, or was run on one side alone, is not reported."""
    ours = {"a": True, "b": False, "c": True, "d": False, "e": False}
    kubeadm = {"a": True, "b": True, "c": False, "d": False, "f": False}
    assert compare(ours, kubeadm, [Rule(re.compile("d"), "no cloud")]) == Comparison(
        ["a"],
        {"d": "no cloud"},
        {"b": "kubeadm", "c": "ours", "e": "neither, and run by one", "f": "neither, and run by one"},
    )


def test_report_names_all() -> None:
    """Breaks when a difference, a failure or what was left out is not in the report."""
    text = markdown(
        Comparison(["p"], {"f": "no cloud"}, {"d": "ours"}), "v1.37.2", [Rule(re.compile("Storage"), "no driver")]
    )
    for line in (
        "1 pass on both, 1 fail on both, 1 differ.",
        "| `Storage` | no driver |",
        "| f | no cloud |",
        "| d | ours |",
        "- p",
    ):
        assert line in text.splitlines()


def test_every_rule_has_a_reason() -> None:
    """Breaks when a line of the rules has no tab or no reason."""
    for name in ("failures", "left-out"):
        assert all(rule.reason for rule in rules((FOLDER / f"{name}.txt").read_text()))
