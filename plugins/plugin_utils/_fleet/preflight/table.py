# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The report for a terminal."""

from __future__ import annotations

import textwrap
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.findings import (
    CheckFindings,
    MissingHosts,
    check_findings,
    missing_hosts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.layout import (
    GAP,
    side_by_side,
    wrap,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.legible import legible_report
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import (
    COLLECTION,
    INVALID,
    OK,
    PASSED,
    UNREACHABLE,
    WAIVED,
    HostReport,
    Report,
    count_outcomes,
    count_statuses,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, HINT, WARNING

_LEAST_WIDTH = 80
_MOST_NAMES = 3
_HEADINGS = ["HOST", "CLUSTER", "VERSION", "STATUS", "ERRORS", "WAIVED", "WARNINGS"]
_NUMBERS = range(4, 7)
_SEVERITIES = {ERROR: "ERROR", WAIVED: "waived", WARNING: "warning", HINT: "hint"}


def _counted(count: int, noun: str) -> str:
    return "1 %s" % noun if count == 1 else "%d %ss" % (count, noun)


def _some(names: t.Sequence[str]) -> str:
    """The first names and how many more there are; never C(and 1 more), which takes no less room than the name."""
    if len(names) <= _MOST_NAMES + 1:
        return ", ".join(names)
    return "%s and %d more" % (", ".join(names[:_MOST_NAMES]), len(names) - _MOST_NAMES)


def _host_cells(host: HostReport) -> list[str]:
    cells = [host.name, host.cluster, host.kubernetes_version, host.status]
    if not host.checks:
        return [*cells, "-", "-", "-"]
    counts = count_outcomes(host.checks)
    return cells + [str(counts[kind]) for kind in (ERROR, WAIVED, WARNING)]


def _host_widths(rows: t.Sequence[t.Sequence[str]], width: int) -> list[int]:
    """The widths of the columns; the names of hosts and clusters share what the others leave, two to one."""
    name, cluster, *others = (max(len(cell) for cell in column) for column in zip(*rows, strict=True))
    rest = width - sum(others) - len(GAP) * (len(others) + 1)
    cluster = min(cluster, max(rest // 3, rest - name))
    return [min(name, rest - cluster), cluster, *others]


def _host_table(hosts: t.Sequence[HostReport], width: int) -> list[str]:
    rows = [_HEADINGS, *(_host_cells(host) for host in hosts)]
    widths = _host_widths(rows, width)
    # A column in which nobody has anything is not shown.
    shown = [number for number in range(len(_HEADINGS)) if any(row[number] for row in rows[1:])]
    lines = []
    for row in rows:
        # Numbers end below the end of their heading.
        cells = [row[number].rjust(widths[number]) if number in _NUMBERS else row[number] for number in shown]
        wrapped = [wrap(cell, widths[number], hyphens=True) for number, cell in zip(shown, cells, strict=True)]
        lines += side_by_side(wrapped, [widths[number] for number in shown])
    return lines


def _hosts(report: Report, width: int) -> list[str]:
    """A line for each host that did not pass, and one for all that did."""
    others = [host for host in report.hosts if host.status != PASSED]
    passed = [host.name for host in report.hosts if host.status == PASSED]
    lines = _host_table(others, width) if others else []
    if passed:
        lines += [""] if lines else []
        count = "" if len(passed) <= _MOST_NAMES + 1 else " (%d hosts)" % len(passed)
        lines += wrap(f"Passed: {_some(passed)}{count}", width)
    return lines


class _Block(t.NamedTuple):
    """What stands together. parts: pairs of hosts and labelled texts, under one severity and name."""

    severity: str
    name: str
    parts: list[tuple[str, list[tuple[str, str]]]]


def _missing_block(missing: MissingHosts, hosts: str) -> _Block:
    return _Block("ERROR", missing.status, [(hosts, [("cause", missing.message.strip("\n"))])])


def _check_block(check: CheckFindings, some: t.Callable[[t.Sequence[str]], str]) -> _Block:
    parts: list[tuple[str, list[tuple[str, str]]]] = []
    before: dict[str, str] = {}
    for finding in check.findings:
        texts = {"found": finding.row.found, "wanted": finding.row.wanted, "cure": finding.row.cure}
        # What holds for the finding above holds here, too: only what differs is said.
        said = [(label, text or "-") for label, text in texts.items() if text != before.get(label, "")]
        hosts = some(finding.hosts)
        parts.append(("" if parts and hosts == before["hosts"] else hosts, said))
        before = dict(texts, hosts=hosts)
    return _Block(_SEVERITIES[check.outcome], check.name, parts)


def _blocks(blocks: t.Sequence[_Block], width: int) -> list[str]:
    labels = max([len(label) for block in blocks for _hosts, texts in block.parts for label, _text in texts], default=0)
    severities = max(len(block.severity) for block in blocks)
    longest = max(max(len(text) for text in (block.name, *(part[0] for part in block.parts))) for block in blocks)
    names = min(longest, width * 3 // 10)
    rest = width - severities - names - labels - 3 * len(GAP)
    lines: list[str] = []
    for block in blocks:
        lines.append("")
        left, head = [block.severity], wrap(block.name, names, hyphens=True)
        for hosts, texts in block.parts:
            middle = head + (wrap(hosts, names) if hosts else [])
            label_lines, text_lines = [], []
            for label, text in texts:
                wrapped = wrap(text, rest)
                text_lines += wrapped
                label_lines += [label] + [""] * (len(wrapped) - 1)
            lines += side_by_side([left, middle, label_lines, text_lines], [severities, names, labels, rest])
            left, head = [], []
    return lines


def _findings(report: Report, width: int) -> list[str]:
    """What is not well, the worst first. Where there is only one host, it need not be named again."""

    def some(names: t.Sequence[str]) -> str:
        return _some(names) if len(report.hosts) > 1 else ""

    blocks = [_missing_block(missing, some(missing.hosts)) for missing in missing_hosts(report)]
    blocks += [_check_block(check, some) for check in check_findings(report)]
    return _blocks(blocks, width) if blocks else []


def _summary(report: Report, width: int) -> list[str]:
    counts = count_statuses(report)
    words = {
        PASSED: "passed",
        "warnings": "with warnings",
        "failed": "failed",
        UNREACHABLE: "unreachable",
        INVALID: "invalid",
    }
    hosts = [f"{counts[status]} {word}" for status, word in words.items() if counts[status]]
    outcomes = count_outcomes(row for host in report.hosts for row in host.checks)
    nouns = {ERROR: "error", WAIVED: "waived error", WARNING: "warning", HINT: "hint"}
    checks = [_counted(outcomes[kind], noun) for kind, noun in nouns.items() if outcomes[kind]]
    checks.append(_counted(outcomes[OK], "check") + " passed")
    return wrap("{}: {}. {}.".format(_counted(len(report.hosts), "host"), ", ".join(hosts), ", ".join(checks)), width)


def _waived(report: Report, width: int) -> list[str]:
    """Every waived error with all of its hosts: what was waived must be known, host by host."""
    lines = []
    for check in check_findings(report):
        for finding in check.findings if check.outcome == WAIVED else []:
            text = "{}: found {}; on {}".format(check.name, finding.row.found, ", ".join(finding.hosts))
            lines += textwrap.wrap(text, width, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
    return ["", "Waived errors:", *lines] if lines else []


def table(report: Report, width: int = 120) -> str:
    """Lines of at most so many columns (at least 80), each ended: the hosts, what is not well, the summary, the waived.

    What several hosts have in common is printed once. Under one check, a finding that leaves out what was wanted or the
    cure has those of the finding above.
    """
    width = max(width, _LEAST_WIDTH)
    report = legible_report(report)
    head = f"Preflight of {_counted(len(report.hosts), 'host')}, {COLLECTION} {report.collection_version}, {report.created}"
    if not report.hosts:
        return f"{head}\n\nNo host was checked.\n"
    lines = [*wrap(head, width), "", *_hosts(report, width), *_findings(report, width), "", *_summary(report, width)]
    return "\n".join([*lines, *_waived(report, width)]) + "\n"


__all__ = ("table",)
