# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""A host's folder of rendered files on the controller: read, compare, write, and nothing of an earlier time left behind."""

from __future__ import annotations

import os
import pathlib
import typing as t

import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils import _files as files
from ansible_collections.kubewright.control_plane.plugins.module_utils._bootstrap_token import SECRET_TYPE
from ansible_collections.kubewright.control_plane.plugins.module_utils._errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render_tree import FILES, OBJECTS, TreeFile

MARK = "files.json"


class Change(t.NamedTuple):
    """A file that differs. before: its text, None where it is absent. after: None where it is to go."""

    path: str
    before: str | None
    after: TreeFile | None


def check_folder(folder: str) -> None:
    """Raises KubewrightError for a folder that holds something else: it is not to be overwritten."""
    if not os.path.lexists(folder):
        return
    if not os.path.isdir(folder) or (os.listdir(folder) and not os.path.exists(os.path.join(folder, MARK))):
        raise KubewrightError(
            f"{folder} is there and holds something that was not rendered. Choose another folder, or move it away."
        )


def _present(folder: str) -> set[str]:
    found = set()
    for part in (FILES, OBJECTS):
        for directory, _directories, names in os.walk(os.path.join(folder, part)):
            found |= {os.path.relpath(os.path.join(directory, name), folder) for name in names}
    return found


def compare(folder: str, wanted: t.Sequence[TreeFile], kept: t.Collection[str]) -> list[Change]:
    """What differs between a folder and the tree. kept: files that are made in place and stay."""
    changes = []
    for item in wanted:
        state = files.read_file(os.path.join(folder, item.path))
        before = state.content.decode("utf-8", "replace") if state is not None else None
        if before != item.content or (state is not None and state.mode != item.mode):
            changes.append(Change(item.path, before, item))
    stale = _present(folder) - {item.path for item in wanted} - set(kept)
    return changes + [Change(path, None, None) for path in sorted(stale)]


def write(folder: str, changes: t.Sequence[Change]) -> None:
    """Brings a folder to the wanted state. Raises KubewrightError where it cannot be written."""
    for change in changes:
        path = os.path.join(folder, change.path)
        if change.after is not None:
            files.ensure_directory(os.path.dirname(path), 0o755)
            files.write_file(path, change.after.content.encode("utf-8"), change.after.mode)
            continue
        try:
            os.unlink(path)
            _remove_empty(pathlib.Path(path).parent, pathlib.Path(folder))
        except OSError as error:
            raise KubewrightError(f"{path} cannot be removed: {error.strerror}") from None


def _remove_empty(directory: pathlib.Path, end: pathlib.Path) -> None:
    while directory != end and not any(directory.iterdir()):
        directory.rmdir()
        directory = directory.parent


def earlier_tokens(folder: str) -> list[dict[str, t.Any]]:
    """The Secrets of bootstrap tokens in a folder that was rendered before."""
    found = []
    for path in sorted(pathlib.Path(folder, OBJECTS).glob("*-Secret-kube-system-bootstrap-token-*.yaml")):
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):
            continue
        if isinstance(document, dict) and document.get("type") == SECRET_TYPE:
            found.append(document)
    return found


def diff(changes: t.Sequence[Change]) -> list[dict[str, str]]:
    """The differences as Ansible shows them; what is secret is not in them."""
    shown = []
    for change in changes:
        entry = {"before_header": change.path, "after_header": change.path, "before": "", "after": ""}
        if change.after is None:
            entry.update(after_header=change.path + " (removed)")
        elif change.after.secret:
            entry.update(after="a text that is not shown\n")
        else:
            entry.update(before=change.before or "", after=change.after.content)
        shown.append(entry)
    return shown


__all__ = ("MARK", "Change", "check_folder", "compare", "diff", "earlier_tokens", "write")
