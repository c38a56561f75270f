# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Changes of a host as values: what is to be done, with the reason. C(_host.apply) carries them out."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import (
    START_KUBELET,
    STOP_KUBELET,
    TIGHTEN_FILE,
    WRITE_FILE,
)


class WriteFile(t.NamedTuple):
    """A file that is absent or means something else. expected: the digest that was read, or None where it was absent.

    mode, directory_mode: permission bits, the latter for a folder that is absent. watched: see host_apply.
    """

    path: str
    content: str
    mode: int
    directory_mode: int
    expected: str | None
    watched: bool
    reason: str
    kind: str = WRITE_FILE


class TightenFile(t.NamedTuple):
    """A file whose content is right, but which grants more than it should, or is not root's."""

    path: str
    mode: int
    expected: str
    reason: str
    kind: str = TIGHTEN_FILE


class StopKubelet(t.NamedTuple):
    """The kubelet is stopped while its files change."""

    reason: str
    kind: str = STOP_KUBELET


class StartKubelet(t.NamedTuple):
    """The kubelet is started, or restarted."""

    reason: str
    kind: str = START_KUBELET


Change = WriteFile | TightenFile | StopKubelet | StartKubelet


def arguments(changes: t.Sequence[Change]) -> list[dict[str, t.Any]]:
    """The changes as host_apply takes them."""
    return [change._asdict() for change in changes]


def written(changes: t.Sequence[Change]) -> list[str]:
    """The paths of the files that change, in their order."""
    return [change.path for change in changes if isinstance(change, (WriteFile, TightenFile))]


def replaced(changes: t.Sequence[Change]) -> list[str]:
    """The paths of the files that were there before with another content."""
    return [change.path for change in changes if isinstance(change, WriteFile) and change.expected is not None]


__all__ = ("Change", "StartKubelet", "StopKubelet", "TightenFile", "WriteFile", "arguments", "replaced", "written")
