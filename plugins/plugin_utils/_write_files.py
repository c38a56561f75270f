# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Writes a report's files on the controller."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files

_DIRECTORY_MODE, _FILE_MODE = 0o755, 0o644


def write_files(directory: str, contents: t.Mapping[str, bytes]) -> list[str]:
    """Writes files into a folder, each atomically, and returns their paths. The folder and its missing parents are made.

    Raises KubewrightError, with the path and the cause, for what cannot be written.
    """
    files.ensure_directory(directory, _DIRECTORY_MODE)
    paths = []
    for name, content in contents.items():
        paths.append(os.path.join(directory, name))
        files.write_file(paths[-1], content, _FILE_MODE)
    return paths


__all__ = ("write_files",)
