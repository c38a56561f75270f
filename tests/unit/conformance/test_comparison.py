# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The comparison of two runs of the conformance tests: that it sees what passes on one side only."""

from __future__ import annotations

import pathlib
import re

from conformance.comparison import Comparison, Outcomes, Rule, compare, faults, markdown, outcomes, rules

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "conformance"
JUNIT = """<testsuites><testsuite>
<properties><property name="SpecialSuiteFailureReason" value="Suite Timeout Elapsed"></property></properties>
<testcase name="[It] [sig-apps] runs [Conformance]" status="passed"></testcase>
<testcase name="[It] [sig-apps] fails [Conformance]" status="failed"><failure message="no"></failure></testcase>
<testcase name="[It] [sig-apps] panics [Conformance]" status="panicked"><failure message="no"></failure></testcase>
<testcase name="[It] [sig-apps] fails [Conformance]" status="passed"></testcase>
<testcase name="[It] [sig-apps] is not chosen" status="skipped"></testcase>
<testcase name="[It] [sig-apps] is left out [Conformance]" status="skipped"></testcase>
<testcase name="[It] [sig-apps] is alone [Serial] [Conformance]" status="skipped"></testcase>
<testcase name="[SynchronizedBeforeSuite]" status="passed"></testcase>
</testsuite></testsuites>"""


def test_only_tests_that_were_run_count() -> None:
    """Breaks when a test that was left out, or a step of the suite, is taken for one that passed or failed."""
    found = outcomes(JUNIT)
    assert found.run == {
        "[sig-apps] runs [Conformance]": True,
        "[sig-apps] fails [Conformance]": False,
        "[sig-apps] panics [Conformance]": False,
    }
    assert found.skipped == ["[sig-apps] is left out [Conformance]"]
    assert found.cut_off == "Suite Timeout Elapsed"


def test_what_passes_on_one_side_only_is_different() -> None:
    """Breaks when a test that passes on kubeadm's control plane alone, or was run on one side alone, is not reported."""
    ours = {"a": True, "b": False, "c": True, "d": False, "e": False}
    kubeadm = {"a": True, "b": True, "c": False, "d": False, "f": False}
    assert compare(ours, kubeadm, [Rule(re.compile("d"), "no cloud")]) == Comparison(
        ["a"],
        {"d": "no cloud"},
        {"b": "kubeadm", "c": "ours", "e": "neither, and run by one", "f": "neither, and run by one"},
    )


def test_what_keeps_a_comparison_from_being_true() -> None:
    """Breaks when a run that was cut off, or that left out what nobody wanted left out, passes."""
    rule, stale = Rule(re.compile("left out"), "no driver"), Rule(re.compile("gone"), "no cloud")
    whole = Outcomes({"a": True}, ["is left out"], "")
    assert faults({"ours": whole, "kubeadm": whole}, Comparison(["a"], {}, {}), [rule], [], True) == []
    short = Outcomes({}, ["is left out", "is forgotten"], "Suite Timeout Elapsed")
    found = faults({"ours": whole, "kubeadm": short}, Comparison([], {"f": ""}, {"a": "ours"}), [rule], [stale], True)
    assert found == [
        "The run of kubeadm was cut off: Suite Timeout Elapsed",
        "Different: a: passed on ours",
        "No reason in failures.txt: f",
        "No test passed.",
        "Not run on kubeadm, without a reason in left-out.txt: is forgotten",
        "A rule that holds for no test: gone",
    ]


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
