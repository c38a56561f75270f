# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is taken out of the texts of hosts."""

from __future__ import annotations

from xml.etree import ElementTree

import hypothesis
import pytest
from hypothesis import strategies

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.legible import (
    legible,
    legible_report,
)
from preflight_fleet import SWAP, single


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\r\nlines\rand one\n\tmore", "two\nlines\nand one\n\tmore"),
        ("\x1b[0;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;address\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("bell\x07 null\x00 delete\x7f next\x85", r"bell\x07 null\x00 delete\x7f next\x85"),
        ("half \ud800 of a pair, \ufffe", r"half \ud800 of a pair, \ufffe"),
        ("no\u202ename\u2028 \u200b", r"no\u202ename\u2028 \u200b"),
        ("Grüße, 日本, \U0001f600", "Grüße, 日本, \U0001f600"),
    ],
)
def test_only_what_can_be_read_is_left(text: str, expected: str) -> None:
    """Breaks when a host's message can move the cursor of a terminal or make the XML unreadable."""
    assert legible(text) == expected


@hypothesis.given(strategies.text(strategies.characters(codec=None)))
def test_what_is_left_is_xml(text: str) -> None:
    """Breaks for any text that XML 1.0 cannot hold: a reader would refuse the whole file."""
    element = ElementTree.Element("text")
    element.text = legible(text)
    assert (ElementTree.fromstring(ElementTree.tostring(element, "utf-8")).text or "") == legible(text)


def test_every_text_of_a_report() -> None:
    """Breaks when one field is forgotten."""
    report = single(dict(SWAP, found="\x07on", wanted="\x07off", cure="\x07swapoff"))
    host = report.hosts[0]
    dirty = host._replace(name="\x07cp1", cluster="\x07prod", message="\x07m", kubernetes_version="\x07v1")
    clean = legible_report(report._replace(hosts=[dirty], created="\x07now", collection_version="\x070.1.0"))
    texts = [text for value in (clean, *clean.hosts, *clean.hosts[0].checks) for text in value if isinstance(text, str)]
    assert not [text for text in texts if "\x07" in text]
    assert clean.hosts[0].name == r"\x07cp1"
    assert [row.passed for row in clean.hosts[0].checks] == [row.passed for row in host.checks]
