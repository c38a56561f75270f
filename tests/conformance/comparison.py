# SPDX-License-Identifier: GPL-3.0-or-later
"""What two runs of Kubernetes' conformance tests passed, and how that is reported."""

from __future__ import annotations

import re
import typing as t
from xml.etree import ElementTree


class Rule(t.NamedTuple):
    """A kind of tests, by a regular expression of their names, and what is said of it."""

    expression: re.Pattern[str]
    reason: str


def rules(text: str) -> list[Rule]:
    """The lines of a file of rules: an expression, a tab, the reason. Lines that begin with # are comments."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [Rule(re.compile(line.split("\t")[0]), line.split("\t")[1]) for line in lines]


class Outcomes(t.NamedTuple):
    """run: whether each test that was run passed. skipped: the conformance tests that may run side by side and were not run.

    cut_off: why the whole run ended early, or empty.
    """

    run: dict[str, bool]
    skipped: list[str]
    cut_off: str


def outcomes(junit: str) -> Outcomes:
    """What a JUnit report of ginkgo's says."""
    report = ElementTree.fromstring(junit)
    run: dict[str, bool] = {}
    skipped = []
    for case in report.iter("testcase"):
        name = case.get("name", "")
        if not name.startswith("[It] "):
            continue
        name = name[len("[It] ") :].strip()
        if case.get("status") != "skipped":
            run[name] = run.get(name, True) and case.get("status") == "passed"
        elif "[Conformance]" in name and "[Serial]" not in name and "[Disruptive]" not in name:
            skipped.append(name)
    reasons = [
        item.get("value", "") for item in report.iter("property") if item.get("name") == "SpecialSuiteFailureReason"
    ]
    return Outcomes(run, skipped, "; ".join(filter(None, reasons)))


class Comparison(t.NamedTuple):
    """passed: on both. failed: on both, with the reason. different: what passed on one side only, and on which."""

    passed: list[str]
    failed: dict[str, str]
    different: dict[str, str]


def compare(ours: t.Mapping[str, bool], kubeadm: t.Mapping[str, bool], reasons: t.Sequence[Rule]) -> Comparison:
    """Compares two outcomes. A failure on both sides that no rule explains has an empty reason."""
    different = {
        name: "ours" if ours.get(name) else "kubeadm" if kubeadm.get(name) else "neither, and run by one"
        for name in sorted({*ours, *kubeadm})
        if ours.get(name) != kubeadm.get(name)
    }
    same = [name for name in sorted(ours) if name not in different]
    failed = {
        name: next((rule.reason for rule in reasons if rule.expression.search(name)), "")
        for name in same
        if not ours[name]
    }
    return Comparison([name for name in same if ours[name]], failed, different)


def faults(
    sides: t.Mapping[str, Outcomes],
    comparison: Comparison,
    left_out: t.Sequence[Rule],
    reasons: t.Sequence[Rule],
    whole: bool,
) -> list[str]:
    """What keeps a comparison from being true, as lines. whole: whether all tests were asked for, and not those of a focus."""
    found = [f"The run of {side} was cut off: {outcome.cut_off}" for side, outcome in sides.items() if outcome.cut_off]
    found += [f"Different: {name}: passed on {side}" for name, side in comparison.different.items()]
    found += [f"No reason in failures.txt: {name}" for name, reason in comparison.failed.items() if not reason]
    if not comparison.passed:
        found.append("No test passed.")
    if whole:
        for side, outcome in sides.items():
            unknown = [name for name in outcome.skipped if not any(rule.expression.search(name) for rule in left_out)]
            found += [f"Not run on {side}, without a reason in left-out.txt: {name}" for name in unknown]
        skipped = [name for outcome in sides.values() for name in outcome.skipped]
        for rules_of, names in ((left_out, skipped), (reasons, list(comparison.failed))):
            found += [
                f"A rule that holds for no test: {rule.expression.pattern}"
                for rule in rules_of
                if not any(rule.expression.search(name) for name in names)
            ]
    return found


def _table(rows: t.Mapping[str, str]) -> list[str]:
    return ["| test | |", "| --- | --- |", *(f"| {name.replace('|', ' ')} | {text} |" for name, text in rows.items())]


def markdown(comparison: Comparison, version: str, left_out: t.Sequence[Rule]) -> str:
    """The report."""
    lines = [
        "# Conformance",
        "",
        f"Kubernetes' own conformance tests of {version} on a control plane of ours and on one that the real kubeadm made,",
        "one node each. Made by `make conformance`.",
        "",
        f"{len(comparison.passed)} pass on both, {len(comparison.failed)} fail on both, "
        f"{len(comparison.different)} differ.",
        "",
        "Run are those that may run side by side. Left out:",
        "",
        "| tests | why |",
        "| --- | --- |",
        "| `[Serial]`, `[Disruptive]` | They need the cluster for themselves. |",
        *(f"| `{rule.expression.pattern}` | {rule.reason} |" for rule in left_out),
        "",
    ]
    if comparison.different:
        lines += ["What passes on one side only:", "", *_table(comparison.different), ""]
    if comparison.failed:
        lines += ["What fails on both, and why:", "", *_table(comparison.failed), ""]
    return "\n".join([*lines, "What passes on both:", "", *(f"- {name}" for name in comparison.passed), ""])


__all__ = ("Comparison", "Outcomes", "Rule", "compare", "faults", "markdown", "outcomes", "rules")
