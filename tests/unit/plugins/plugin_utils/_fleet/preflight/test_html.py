# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page as text: escaped, complete and without anything from elsewhere. What it looks like is tested in a browser."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import re

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight import model
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.html import (
    embeddable,
    html_page,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.page import page
from preflight_fleet import CONFIGURATION_MESSAGE, CREATED, FEW_CPUS, MARKUP, NAMES, SWAP, fleet, single


class _Reader(html.parser.HTMLParser):
    """Collects elements, attributes and the texts of each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("meta", "link", "input", "rect"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(data)

    def still_open(self) -> list[str]:
        """The elements that nothing ended."""
        return self._open


FLEET = html_page(fleet())


def test_every_element_ends() -> None:
    """Breaks when the template leaves an element open."""
    assert _Reader(FLEET).still_open() == []


def test_texts_of_hosts_are_never_markup() -> None:
    """Breaks when the name of a host or a finding becomes an element, an attribute or a script."""
    reader = _Reader(FLEET)
    assert reader.tags.count("script") == 2
    assert "b" not in reader.tags
    assert MARKUP not in FLEET
    assert f"cp50{MARKUP}" in reader.texts["span"]
    assert CONFIGURATION_MESSAGE in reader.texts["pre"]
    assert not [name for _tag, name, _value in reader.attributes if name.startswith("on") or name == "style"]


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", "&lt;", "\u2028", "\udcff", "'\""]
)
def test_the_data_cannot_end_its_element(text: str) -> None:
    """Breaks when a text ends the script element that the data lie in, or comes out changed."""
    embedded = embeddable({"found": text})
    assert not re.search("[<>&\u2028\ud800-\udfff]", embedded)
    assert json.loads(embedded) == {"found": text}


def test_nothing_comes_from_elsewhere() -> None:
    """Breaks when the page needs the network: it is read where there is none, and must not tell that it was read."""
    reader = _Reader(FLEET)
    loading = {"src", "href", "action", "srcset", "data", "poster", "formaction", "ping", "manifest"}
    assert [(tag, value) for tag, name, value in reader.attributes if name in loading] == [("link", "data:,")]
    own = "".join(reader.texts["style"]) + reader.texts["script"][-1]
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|import\(|innerHTML|eval\(", own)


def test_the_policy_allows_the_page_itself_alone() -> None:
    """Breaks when a browser refuses the page's own script or style, or would run others."""
    reader = _Reader(FLEET)
    policy = next(
        value for tag, name, value in reader.attributes if (tag, name) == ("meta", "content") and "src" in value
    )
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives.pop("default-src") == "'none'"
    for directive, text in (
        ("style-src", "".join(reader.texts["style"])),
        ("script-src", reader.texts["script"][-1]),
    ):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert directives.pop(directive) == f"'sha256-{digest}'"
    assert directives == {"img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_rows_and_columns() -> None:
    """Breaks when a host or a check is missing, or stands in another place than in the report."""
    reader = _Reader(FLEET)
    assert reader.tags.count("tr") == 51
    assert reader.tags.count("td") == 50 * (len(NAMES) + 2)
    columns = [column["name"] for column in page(fleet())["columns"]]
    assert columns == list(NAMES)


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (single(), "The host is ready"),
        (single(FEW_CPUS), "The host is ready"),
        (single(SWAP), "The host is not ready"),
        (fleet(), "18 of 50 hosts are not ready"),
        (fleet()._replace(hosts=fleet().hosts[:3]), "1 of 3 hosts is not ready"),
        (fleet()._replace(hosts=fleet().hosts[:2]), "All 2 hosts are ready"),
        (model.Report("0.1.0", CREATED, []), "No host was checked"),
    ],
)
def test_the_verdict(report: model.Report, verdict: str) -> None:
    """Breaks when the first thing that one reads is wrong."""
    assert verdict in _Reader(html_page(report)).texts["h1"]
