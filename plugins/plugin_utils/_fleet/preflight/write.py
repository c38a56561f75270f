# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Writes the report's files on the controller."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.html import html_page
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.json import json_text
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.junit import junit_xml
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import Report
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._write_files import write_files


def write_reports(report: Report, directory: str) -> list[str]:
    """Writes preflight.json, preflight.xml and preflight.html into a folder, each atomically, and returns their paths.

    The folder and its missing parents are made. What the files of an earlier run said is gone.
    Raises KubewrightError, with the path and the cause, for what cannot be written.
    """
    contents = {
        "preflight.json": json_text(report).encode("ascii"),
        "preflight.xml": junit_xml(report),
        "preflight.html": html_page(report).encode("utf-8"),
    }
    return write_files(directory, contents)


__all__ = ("write_reports",)
