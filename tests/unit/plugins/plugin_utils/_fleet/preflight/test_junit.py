# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JUnit XML, read back as continuous integration systems do."""

from __future__ import annotations

import re
import typing as t
from xml.etree import ElementTree

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight import model
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.junit import junit_xml
from preflight_fleet import (
    CGROUPS,
    CONFIGURATION_MESSAGE,
    CREATED,
    CRICTL,
    FEW_CPUS,
    MARKUP,
    NAMES,
    SWAP,
    fleet,
    single,
)

# The elements that the schema of Jenkins knows, of those that are written: their attributes and their children in order.
STRUCTURE: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors", "skipped"}, ("testsuite",)),
    "testsuite": (
        {"name", "hostname", "time", "timestamp", "tests", "failures", "errors", "skipped"},
        ("properties", "testcase"),
    ),
    "properties": (set(), ("property",)),
    "property": ({"name", "value"}, ()),
    "testcase": ({"classname", "name", "time"}, ("skipped", "error", "failure", "system-out")),
    "skipped": ({"message"}, ()),
    "error": ({"message", "type"}, ()),
    "failure": ({"message", "type"}, ()),
    "system-out": (set(), ()),
}
COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def _read(report: model.Report) -> ElementTree.Element:
    return ElementTree.fromstring(junit_xml(report))


def _case(root: ElementTree.Element, name: str) -> ElementTree.Element:
    return next(case for case in root.iter("testcase") if case.get("name") == name)


@pytest.mark.parametrize("report", [fleet(), single(SWAP, *CGROUPS), model.Report("0.1.0", CREATED, [])])
def test_the_structure(report: model.Report) -> None:
    """Breaks readers that check the file: an attribute or an element that JUnit does not know, or numbers that are wrong."""
    root = _read(report)
    for element in root.iter():
        attributes, children = STRUCTURE[element.tag]
        assert set(element.attrib) == attributes
        places = [children.index(child.tag) for child in element]
        assert places == sorted(places)
    for element in [root, *root.iter("testsuite")]:
        assert {name: int(element.get(name, "")) for name in COUNTED} == {
            name: len(list(element.iter(tag))) for name, tag in COUNTED.items()
        }
    for suite in root.iter("testsuite"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", ""))
        names = [case.get("name") for case in suite.iter("testcase")]
        assert len(names) == len(set(names))


def test_each_outcome_in_the_terms_of_junit() -> None:
    """Breaks when an error does not fail, a waived one does, or the cure is not in the file."""
    root = _read(single(SWAP, FEW_CPUS, CRICTL))
    children = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert {name: tags for name, tags in children.items() if tags} == {
        "Swap": ["failure"],
        "NumCPU": ["skipped", "system-out"],
        "FileExisting-crictl": ["system-out"],
    }
    failure = t.cast("ElementTree.Element", _case(root, "Swap").find("failure"))
    assert failure.get("message") == "found swap on /dev/sda3; wanted off"
    assert (failure.text or "").split("\n") == ["found: swap on /dev/sda3", "wanted: off", "cure: " + SWAP["cure"]]
    assert (_case(root, "NumCPU").findtext("system-out") or "").startswith("waived\nfound: 1 CPU\n")
    assert (_case(root, "FileExisting-crictl").findtext("system-out") or "").startswith("warning\nfound: not found\n")


def test_the_fleet() -> None:
    """Breaks when a host is no suite, a check no case, or a host without a verdict no error."""
    root = _read(fleet())
    suites = {suite.get("name"): suite for suite in root}
    assert len(suites) == 50
    for name, case_name in (("cp12.prod.example.net", "reachable"), ("cp14.prod.example.net", "configuration")):
        assert [case.get("name") for case in suites[name].iter("testcase")] == [case_name]
    error = t.cast("ElementTree.Element", _case(root, "configuration").find("error"))
    assert error.text == CONFIGURATION_MESSAGE
    assert error.get("message") == CONFIGURATION_MESSAGE.split("\n", 1)[0]
    cases = [case.get("name") for case in suites["cp1.prod.example.net"].iter("testcase")]
    assert cases == list(NAMES)
    assert {item.get("name"): item.get("value") for item in suites["cp1.prod.example.net"].iter("property")} == {
        "cluster": "prod",
        "kubernetes_version": "v1.31.2",
        "status": "warnings",
    }
    assert f"cp50{MARKUP}" in suites


def test_rows_of_one_name_are_cases_of_their_own() -> None:
    """Breaks when a reader keeps only one of the cases of one name."""
    root = _read(single(*CGROUPS))
    assert _case(root, "SystemVerification-Cgroups").find("failure") is not None
    assert _case(root, "SystemVerification-Cgroups (2)").find("failure") is not None


def test_control_characters_are_written_out() -> None:
    """Breaks when the message of one host makes the whole file unreadable: XML 1.0 cannot hold them at all."""
    host = model.host_report("cp\x001", "", None, unreachable="\x1b[31mno route\x1b[0m\x08 \udcff")
    error = t.cast(
        "ElementTree.Element", _case(_read(model.Report("0.1.0", CREATED, [host])), "reachable").find("error")
    )
    assert error.text == r"no route\x08 \xff"


def test_a_host_without_a_message_has_one() -> None:
    """Breaks when the error of a test case says nothing."""
    host = model.host_report("cp1", "", None, unreachable="")
    error = t.cast(
        "ElementTree.Element", _case(_read(model.Report("0.1.0", CREATED, [host])), "reachable").find("error")
    )
    assert error.get("message") == "unreachable"
