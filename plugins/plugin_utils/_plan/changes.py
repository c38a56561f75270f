# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Changes of a host and its API as values: what is to be done, with the reason. The modules host_apply and objects_apply carry them out."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.report import Shown
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import (
    ENABLE_KUBELET,
    START_KUBELET,
    STOP_KUBELET,
    TIGHTEN_FILE,
    WRITE_FILE,
)


class WriteFile(t.NamedTuple):
    """A file that is absent or means something else. expected: the digest that was read, or None where it was absent.

    mode, directory_mode: permission bits, the latter for a folder that is absent. watched: see host_apply.
    shown: what a diff shows before and after, where the contents are not to be shown.
    """

    path: str
    content: str
    mode: int
    directory_mode: int
    expected: str | None
    watched: bool
    reason: str
    shown: tuple[str, str] | None = None
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


class EnableKubelet(t.NamedTuple):
    """The kubelet is to be started at boot."""

    reason: str
    kind: str = ENABLE_KUBELET


class ApplyObject(t.NamedTuple):
    """An object of the API that is absent or differs.

    policy, manifest, token, cluster_info: see C(_plan.objects.WantedObject). unseen: nobody has looked at the object, so that
    whatever is there is brought to its declared state; otherwise expected is the version that was read, or None where it was absent.
    shown: what is shown of the change where it is not carried out; None where that is not known.
    """

    policy: str
    manifest: dict[str, t.Any] | None
    token: dict[str, t.Any] | None
    cluster_info: dict[str, t.Any] | None
    expected: str | None
    unseen: bool
    shown: Shown | None
    reason: str


Change = WriteFile | TightenFile | StopKubelet | StartKubelet | EnableKubelet | ApplyObject


def _plain(change: Change) -> dict[str, t.Any]:
    plain = change._asdict()
    if isinstance(change, ApplyObject):
        # What is shown of an object is made where it is applied.
        del plain["shown"]
    return plain


def arguments(changes: t.Sequence[Change]) -> list[dict[str, t.Any]]:
    """The changes as host_apply and objects_apply take them."""
    return [_plain(change) for change in changes]


def foreseen(changes: t.Sequence[Change]) -> list[Shown]:
    """What is shown of the objects that change, where nothing is carried out."""
    return [change.shown for change in changes if isinstance(change, ApplyObject) and change.shown is not None]


def written(changes: t.Sequence[Change]) -> list[str]:
    """The paths of the files that change, in their order."""
    return [change.path for change in changes if isinstance(change, (WriteFile, TightenFile))]


def contents(changes: t.Sequence[Change]) -> list[str]:
    """The paths of the files whose content changes, or that are made."""
    return [change.path for change in changes if isinstance(change, WriteFile)]


def kept(changes: t.Sequence[Change]) -> list[str]:
    """The paths of the files that are to be kept as they are before the changes: none where nothing that was there goes."""
    return contents(changes) if replaced(changes) else []


def replaced(changes: t.Sequence[Change]) -> list[str]:
    """The paths of the files that were there before with another content."""
    return [change.path for change in changes if isinstance(change, WriteFile) and change.expected is not None]


def altered(changes: t.Sequence[Change]) -> list[str]:
    """The paths of the files that were there before, with another content, mode or owner."""
    return [*replaced(changes), *(change.path for change in changes if isinstance(change, TightenFile))]


__all__ = (
    "ApplyObject",
    "Change",
    "EnableKubelet",
    "StartKubelet",
    "StopKubelet",
    "TightenFile",
    "WriteFile",
    "altered",
    "arguments",
    "contents",
    "foreseen",
    "kept",
    "replaced",
    "written",
)
