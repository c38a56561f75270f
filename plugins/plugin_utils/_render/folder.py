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

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.bootstrap_token import SECRET_TYPE
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.redact import redacted
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render.tree import FILES, OBJECTS, TreeFile

MARK = "files.json"
# The ends of the names of files that are made in place.
_SECRETS = (".crt", ".key", ".pub", ".conf")


class FileDifference(t.NamedTuple):
    """A file that differs. before: its text, None where it is absent. after: None where it is to go.

    was_secret: whether the text before must not be shown.
    """

    path: str
    before: str | None
    after: TreeFile | None
    was_secret: bool = False


def check_folder(folder: str) -> None:
    """Raises KubewrightError for a folder that holds something else: it is not to be overwritten."""
    if not os.path.lexists(folder):
        return
    if not os.path.isdir(folder) or (os.listdir(folder) and not os.path.exists(os.path.join(folder, MARK))):
        raise KubewrightError(
            f"{folder} is there and holds something that was not rendered. Choose another folder, or move it away."
        )


def check_secrets(folder: str, kept: t.Collection[str]) -> None:
    """Raises KubewrightError where certificates, keys or kubeconfigs of an earlier run would be in the way.

    Nobody could make them again, so they are not removed. kept: those of this run.
    """
    stale = sorted(path for path in _present(folder) - set(kept) if path.endswith(_SECRETS))
    if stale:
        raise KubewrightError(
            f"{folder} holds {stale[0]} of an earlier run, which this run does not make. Set kubewright_render_secrets if "
            "it is to stay, or move it away."
        )


def mark(folder: str) -> None:
    """Marks a folder as one to render into. Raises KubewrightError where it cannot be written."""
    path = os.path.join(folder, MARK)
    if not os.path.exists(path):
        files.ensure_directory(folder, 0o755)
        files.write_file(path, b"[]\n", 0o644)


def _present(folder: str) -> set[str]:
    found = set()
    for part in (FILES, OBJECTS):
        for directory, _directories, names in os.walk(os.path.join(folder, part)):
            found |= {os.path.relpath(os.path.join(directory, name), folder) for name in names}
    return found


def compare(folder: str, wanted: t.Sequence[TreeFile], kept: t.Collection[str]) -> list[FileDifference]:
    """What differs between a folder and the tree. kept: files that are made in place and stay."""
    changes = []
    stale = sorted(_present(folder) - {item.path for item in wanted} - set(kept))
    for path, after in [*((item.path, item) for item in wanted), *((path, None) for path in stale)]:
        state = files.read_file(os.path.join(folder, path))
        before = state.content.decode("utf-8", "replace") if state is not None else None
        if after is not None and before == after.content and (state is None or state.mode == after.mode):
            continue
        # Outside of the host's own files, only what holds a token is for its owner alone.
        secret = state is not None and not state.mode & 0o077 and not path.startswith(FILES + "/")
        changes.append(FileDifference(path, before, after, secret))
    return changes


def write(folder: str, changes: t.Sequence[FileDifference]) -> None:
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


def _shown(text: str | None, secret: bool) -> str:
    if text is None:
        return ""
    return "a text that is not shown\n" if secret else redacted(text)


def diff(changes: t.Sequence[FileDifference]) -> list[dict[str, str]]:
    """The differences as Ansible shows them; what is secret is not in them."""
    return [
        {
            "before_header": change.path,
            "after_header": change.path if change.after is not None else change.path + " (removed)",
            "before": _shown(change.before, change.was_secret),
            "after": _shown(change.after.content, change.after.secret) if change.after is not None else "",
        }
        for change in changes
    ]


__all__ = (
    "MARK",
    "FileDifference",
    "check_folder",
    "check_secrets",
    "compare",
    "diff",
    "earlier_tokens",
    "mark",
    "write",
)
