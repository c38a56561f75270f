# SPDX-License-Identifier: GPL-3.0-or-later
"""What two runs of Kubernetes' conformance tests passed, and how that is reported."""

from __future__ import annotations

import re
import typing as t
import xml.etree.ElementTree as ElementTree


class Rule(t.NamedTuple):
    """A kind of tests, by a regular expression of their names, and what is said of it."""

    expression: re.Pattern[str]
    reason: str


def rules(text: str) -> list[Rule]:
    """The lines of a file of rules: an expression, a tab, the reason. Lines that begin with # are comments."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [Rule(re.compile(line.split("\t")[0]), line.split("\t")[1]) for line in lines]


def outcomes(junit: str) -> dict[str, bool]:
    """Whether each test that was run passed, by its name, of a JUnit report of ginkgo's."""
    found = {}
    for case in ElementTree.fromstring(junit).iter("testcase"):
        name = case.get("name", "")
        if name.startswith("[It] ") and case.get("status") != "skipped":
            found[name[len("[It] ") :].strip()] = case.get("status") == "passed"
    return found


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


__all__ = ("Comparison", "Rule", "compare", "markdown", "outcomes", "rules")
