# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The host as a parameter: its files, its services and its commands."""

from __future__ import annotations

import os

from ansible_collections.kubewright.control_plane.plugins.module_utils._host import files, kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner


class Host:
    """What reader and applier do to a host. Every method raises KubewrightError for what a user can fix."""

    def __init__(self, run: Runner) -> None:
        """run: starts commands."""
        self._run = run

    def file(self, path: str) -> files.FileState | None:
        """A file, or None where it is absent."""
        return files.read_file(path)

    def write(self, path: str, content: bytes, mode: int, directory_mode: int, staging_directory: str | None) -> None:
        """Writes a file atomically, and makes its folder where that is absent; see C(files.write_file)."""
        files.ensure_directory(os.path.dirname(path), directory_mode)
        files.write_file(path, content, mode, staging_directory)

    def tighten(self, path: str, mode: int) -> None:
        """Gives an existing file its mode and root as owner."""
        files.tighten_file(path, mode)

    def kubelet_is_active(self) -> bool:
        """Whether the kubelet runs or is about to."""
        return kubelet_service.is_active(self._run)

    def stop_kubelet(self) -> None:
        """Stops the kubelet."""
        kubelet_service.stop(self._run)

    def start_kubelet(self) -> None:
        """Starts the kubelet, or restarts it, with its unit files as they are now."""
        kubelet_service.start(self._run)


__all__ = ("Host",)
