# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The report as one page that needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
import json
import pathlib
import typing as t

import jinja2

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.legible import legible_report
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import Report
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.page import page

_FOLDER = pathlib.Path(__file__).resolve().parent
_STYLE = _FOLDER.joinpath("page.css").read_text(encoding="utf-8")
_SCRIPT = _FOLDER.joinpath("page.js").read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_TEMPLATE = _environment().get_template("page.html.j2")


def _source(text: str) -> str:
    """An inline style or script as a Content-Security-Policy names it (CSP level 3, section 2.3.1)."""
    return "'sha256-%s'" % base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _policy() -> str:
    """Forbids every access to the network and every script and style but the page's own."""
    directives = {
        "default-src": "'none'",
        "style-src": _source(_STYLE),
        "script-src": _source(_SCRIPT),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def embeddable(value: t.Any) -> str:
    """A value as JSON that may stand in a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(value, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, "\\u%04x" % ord(character))
    return text


def html_page(report: Report) -> str:
    """The page. Without JavaScript its table and its lists are there all the same."""
    values = page(legible_report(report))
    return _TEMPLATE.render(values, style=_STYLE, script=_SCRIPT, policy=_policy(), embedded=embeddable(values["data"]))


__all__ = ("embeddable", "html_page")
