# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder that stands for a host's root where preflight gathers: no command is there to run."""

from __future__ import annotations

import pathlib

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost


def host_in(root: pathlib.Path | str = "") -> InspectedHost:
    """The host whose root the folder is; this machine by default."""
    return InspectedHost(lambda argv: Result(127, "", f"{argv[0]}: not run"), str(root))


def host_with(root: pathlib.Path, **files: str) -> InspectedHost:
    """The same with files, by their absolute paths on the host."""
    for path, content in files.items():
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (root / path[1:]).write_text(content, encoding="utf-8")
    return host_in(root)
