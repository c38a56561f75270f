# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Files of the host that are written as text and compared by meaning."""

from __future__ import annotations

import os
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.equality import same_value
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import MANIFESTS_DIR
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files

_CREDENTIALS = re.compile(r"(://)[^/\s]*@")


class Wanted(t.NamedTuple):
    """A file as it shall be. mode, directory_mode: permission bits, the latter for a folder that is absent."""

    path: str
    content: str
    mode: int
    directory_mode: int


class Change(t.NamedTuple):
    """A file that differs. before is None where it is absent. only_mode: the content is right, the mode is too loose."""

    wanted: Wanted
    before: str | None
    only_mode: bool


def same_meaning(path: str, one: str, other: str) -> bool:
    """Whether two texts of a file mean the same: as values where it is YAML, else byte by byte."""
    if one == other:
        return True
    if not path.endswith((".yaml", ".yml")):
        return False
    try:
        return same_value(read_yaml(one), read_yaml(other))
    except Unreadable:
        return False


def compare(wanted: t.Sequence[Wanted]) -> list[Change]:
    """The files that differ from what is wanted. Raises KubewrightError where one cannot be read."""
    changes = []
    for item in wanted:
        state = files.read_file(item.path)
        if state is None:
            changes.append(Change(item, None, False))
            continue
        before = state.content.decode("utf-8", "replace")
        if not same_meaning(item.path, before, item.content):
            changes.append(Change(item, before, False))
        elif files.loosened(state, item.mode):
            changes.append(Change(item, before, True))
    return changes


def write(changes: t.Sequence[Change]) -> None:
    """Writes the files that differ. Raises KubewrightError where one cannot be written."""
    for change in changes:
        wanted = change.wanted
        if change.only_mode:
            files.tighten_file(wanted.path, wanted.mode)
            continue
        folder = os.path.dirname(wanted.path)
        files.ensure_directory(folder, wanted.directory_mode)
        # The kubelet runs what lies in the manifests folder: not even a temporary file is made there.
        staging = os.path.dirname(folder) if folder == MANIFESTS_DIR else None
        files.write_file(wanted.path, wanted.content.encode("utf-8"), wanted.mode, staging)


def redacted(text: str) -> str:
    """A text without the names and passwords in URLs (of proxies, for example)."""
    return _CREDENTIALS.sub(r"\1***@", text)


def diff(changes: t.Sequence[Change]) -> list[dict[str, str]]:
    """The differences as Ansible shows them."""
    shown = []
    for change in changes:
        path, mode = change.wanted.path, f"mode {change.wanted.mode:04o}\n"
        if change.only_mode:
            shown.append(
                {
                    "before_header": path,
                    "after_header": path,
                    "before": "a looser mode or another owner\n",
                    "after": mode,
                }
            )
            continue
        shown.append(
            {
                "before_header": path if change.before is not None else path + " (absent)",
                "after_header": path,
                "before": redacted(change.before or ""),
                "after": redacted(change.wanted.content),
            }
        )
    return shown


__all__ = ("Change", "Wanted", "compare", "diff", "redacted", "same_meaning", "write")
