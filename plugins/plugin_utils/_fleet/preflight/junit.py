# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The report as JUnit XML, as continuous integration systems read it."""

from __future__ import annotations

import typing as t
from xml.etree import ElementTree

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.legible import legible_report
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import (
    COLLECTION,
    INVALID,
    UNREACHABLE,
    WAIVED,
    HostReport,
    Report,
    Row,
    outcome,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, HINT, WARNING

# The name of the test case that stands for a host without a verdict.
_MISSING = {UNREACHABLE: "reachable", INVALID: "configuration"}


def _details(row: Row) -> str:
    return f"found: {row.found}\nwanted: {row.wanted}\ncure: {row.cure}"


def _add_case(suite: ElementTree.Element, host: HostReport, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", {"classname": host.name, "name": name, "time": "0"})


def _add_row(suite: ElementTree.Element, host: HostReport, name: str, row: Row) -> None:
    case = _add_case(suite, host, name)
    kind = outcome(row)
    if kind == ERROR:
        failure = {"message": f"found {row.found}; wanted {row.wanted}", "type": row.severity}
        ElementTree.SubElement(case, "failure", failure).text = _details(row)
    elif kind == WAIVED:
        ElementTree.SubElement(case, "skipped", {"message": f"waived: found {row.found}; wanted {row.wanted}"})
    if kind in (WAIVED, WARNING, HINT):
        ElementTree.SubElement(case, "system-out").text = f"{kind}\n{_details(row)}"


def _distinct(names: t.Iterable[str]) -> list[str]:
    """Names that repeat get a number from the second on: readers keep one test case of each name."""
    counts: dict[str, int] = {}
    found = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        found.append(name if counts[name] == 1 else "%s (%d)" % (name, counts[name]))
    return found


def _count(element: ElementTree.Element) -> dict[str, str]:
    kinds = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    return {name: str(sum(1 for _found in element.iter(kind))) for name, kind in kinds.items()}


def _add_host(root: ElementTree.Element, host: HostReport, created: str) -> None:
    # The schema wants a time without a zone.
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": host.name, "hostname": host.name, "time": "0", "timestamp": created[:19]}
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name in ("cluster", "kubernetes_version", "status"):
        ElementTree.SubElement(properties, "property", {"name": name, "value": getattr(host, name)})
    if host.status in _MISSING:
        case = _add_case(suite, host, _MISSING[host.status])
        first_line = host.message.strip().split("\n", 1)[0]
        error = {"message": first_line or host.status, "type": host.status}
        ElementTree.SubElement(case, "error", error).text = host.message
    for name, row in zip(_distinct(row.name for row in host.checks), host.checks, strict=True):
        _add_row(suite, host, name, row)
    for name, count in _count(suite).items():
        suite.set(name, count)


def junit_xml(report: Report) -> bytes:
    """A test suite for each host and a test case for each outcome, as UTF-8 with a declaration.

    An error is a failure; a waived error is skipped; a warning or a hint passes and says so in its output. A host that is
    unreachable or invalid has a test case C(reachable) or C(configuration) that ends in an error.
    """
    report = legible_report(report)
    root = ElementTree.Element("testsuites", {"name": f"{COLLECTION} preflight", "time": "0"})
    for host in report.hosts:
        _add_host(root, host, report.created)
    for name, count in _count(root).items():
        root.set(name, count)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


__all__ = ("junit_xml",)
