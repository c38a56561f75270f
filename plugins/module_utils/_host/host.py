# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The host as a parameter: its files, its services and its commands."""

from __future__ import annotations

import os

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files, kubelet_service, walk
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner


class Host:
    """What reader and applier do to a host. Every method raises KubewrightError for what a user can fix."""

    def __init__(self, run: Runner, root: str = "") -> None:
        """run: starts commands. root: a folder that stands for C(/)."""
        self._run = run
        self._root = root

    def path(self, path: str) -> str:
        """Where a path of the host lies."""
        return self._root + path

    def file(self, path: str) -> files.FileState | None:
        """A file, or None where it is absent."""
        return files.read_file(self.path(path))

    def content(self, path: str) -> bytes | None:
        """What is in a file, or None where it is absent."""
        state = self.file(path)
        return state.content if state is not None else None

    def write(
        self, path: str, content: bytes, mode: int, directory_mode: int = 0o755, staging_directory: str | None = None
    ) -> None:
        """Writes a file atomically, and makes its folder where that is absent; see C(files.write_file)."""
        staging = None if staging_directory is None else self.path(staging_directory)
        files.ensure_directory(os.path.dirname(self.path(path)), directory_mode)
        files.write_file(self.path(path), content, mode, staging)

    def ensure_directory(self, path: str, mode: int) -> None:
        """Makes a folder and its missing parents; one that exists keeps its mode."""
        files.ensure_directory(self.path(path), mode)

    def remove(self, path: str) -> None:
        """Removes a file that may be absent."""
        files.remove_file(self.path(path))

    def remove_empty(self, folder: str) -> bool:
        """Removes a folder that has nothing in it; whether it did."""
        try:
            with walk.parent(self.path(folder)) as (around, name):
                os.rmdir(name, dir_fd=around)
        except OSError:
            return False
        return True

    def below(self, folder: str) -> list[str]:
        """The paths of all files below a folder, relative to it, sorted; none where there is no such folder."""
        top = self.path(folder)
        paths = [os.path.join(place, name) for place, _folders, names in os.walk(top) for name in names]
        return sorted(os.path.relpath(path, top) for path in paths)

    def tighten(self, path: str, mode: int) -> None:
        """Gives an existing file its mode and root as owner."""
        files.tighten_file(self.path(path), mode)

    def set_modified(self, path: str, seconds: float) -> None:
        """Says of a file when its content was changed, in seconds since the epoch."""
        files.set_modified(self.path(path), seconds)

    def exists(self, path: str) -> bool:
        """Whether there is something at a path."""
        try:
            with walk.parent(self.path(path)) as (folder, name):
                os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            return False
        return True

    def kubelet_state(self) -> kubelet_service.ServiceState:
        """Whether the kubelet runs, and is started at boot."""
        return kubelet_service.state(self._run)

    def kubelet_command(self) -> str:
        """The arguments and the environment that the kubelet's unit gives it."""
        return " ".join(kubelet_service.properties(self._run, "ExecStart", "Environment").values())

    def enable_kubelet(self) -> None:
        """Has the kubelet started at boot."""
        kubelet_service.enable(self._run)

    def stop_kubelet(self) -> None:
        """Stops the kubelet."""
        kubelet_service.stop(self._run)

    def start_kubelet(self) -> None:
        """Starts the kubelet, or restarts it, with its unit files as they are now."""
        kubelet_service.start(self._run)


__all__ = ("Host",)
