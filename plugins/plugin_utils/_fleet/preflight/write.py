# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Writes the report's files on the controller."""

from __future__ import annotations

import os

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.html import html_page
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.json import json_text
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.junit import junit_xml
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import Report

_DIRECTORY_MODE, _FILE_MODE = 0o755, 0o644


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
    files.ensure_directory(directory, _DIRECTORY_MODE)
    paths = []
    for name, content in contents.items():
        paths.append(os.path.join(directory, name))
        files.write_file(paths[-1], content, _FILE_MODE)
    return paths


__all__ = ("write_reports",)
