# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Certificates and kubeconfigs of a folder on the controller that stands for a host's C(/)."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.apply import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.x509 import Profile
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.changes import (
    Change,
    arguments,
    private_keys,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import Answer, Apply, Expected, Stale


def _no_command(argv: t.Sequence[str]) -> Result:
    return Result(127, "", f"{argv[0]}: not for this folder")


def folder_facts(config: Config, root: str, now: datetime.datetime) -> Facts:
    """What is in the folder. now: with a time zone."""
    return Facts(read(Host(_no_command, root), question(config), now))


def apply_in_folder(root: str, now: datetime.datetime) -> Apply:
    """Carries changes out in the folder. now: as above."""

    def apply_here(changes: t.Sequence[Change], expected: Expected, profile: Profile) -> Answer:
        host = Host(_no_command, root)
        applied = apply(host, arguments(changes), expected, profile, now, private_keys(changes))
        if applied.stale:
            raise Stale(applied.stale)
        return Answer(applied.requests, applied.signed)

    return apply_here


__all__ = ("apply_in_folder", "folder_facts")
