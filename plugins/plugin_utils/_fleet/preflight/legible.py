# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Texts of hosts without what a terminal obeys and XML forbids."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line, printable
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import (
    HostReport,
    Report,
    Row,
)

_Fields = t.TypeVar("_Fields", Row, HostReport, Report)

# ECMA-48: what begins with CSI, and what begins with OSC up to its end. Colours in the messages of ssh and sudo.
_ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
# A page and a terminal take more, and nobody reads it.
_LONGEST = 2**16


def legible(text: str) -> str:
    """The text without escape sequences, and with C(\\n) at the end of lines; what is not legible then is written out."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + " (cut off)"
    return printable(re.sub("\r\n?", "\n", _ESCAPE_SEQUENCE.sub("", text)))


def legible_report(report: Report) -> Report:
    """The report with all of its texts legible."""
    hosts = [
        _legible_fields(host)._replace(name=line(host.name), checks=[_legible_fields(row) for row in host.checks])
        for host in report.hosts
    ]
    return _legible_fields(report)._replace(hosts=hosts)


def _legible_fields(value: _Fields) -> _Fields:
    return type(value)._make(legible(field) if isinstance(field, str) else field for field in value)


__all__ = ("legible", "legible_report")
