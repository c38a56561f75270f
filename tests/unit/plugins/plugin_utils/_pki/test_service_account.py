# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service account keys: what is made, and what is never replaced without the user."""

from __future__ import annotations

import pathlib
import shutil
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.inspection import Inspection
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.service_account import (
    BOTH_MISSING,
    inspect_service_account,
)

Damage = t.Callable[[pathlib.Path], object]


def _look(host: t.Any) -> Inspection:
    config = host.config()
    return inspect_service_account(config, folder_facts(config, "", host.now))


def test_the_pair(host: t.Any) -> None:
    """Breaks the second run, or the first."""
    blank = _look(host)
    assert (blank.status, blank.reason, blank.is_problem) == ("missing", BOTH_MISSING, False)
    shutil.copytree(host.sound, host.pki)
    sound = _look(host)
    assert (sound.path, sound.status, sound.reason) == (str(host.pki / "sa.key"), "ok", "")
    assert sound.found.key is not None


@pytest.mark.parametrize(
    ("damage", "status", "reason", "is_problem"),
    [
        (lambda pki: (pki / "sa.pub").unlink(), "missing", "public half is missing", False),
        (lambda pki: (pki / "sa.key").unlink(), "missing", "Put sa.key back", True),
        (
            lambda pki: (pki / "sa.key").write_text("x"),
            "unreadable",
            "sa.key is not an unencrypted PEM private key",
            True,
        ),
        (lambda pki: (pki / "sa.pub").write_text("x"), "unreadable", "sa.pub is not ", True),
        (lambda pki: shutil.copy(pki / "ca.key", pki / "sa.key"), "wrong", "not the public half of sa.key", True),
    ],
)
def test_what_is_wrong(host: t.Any, damage: Damage, status: str, reason: str, is_problem: bool) -> None:
    """Breaks every service account token, when the key is replaced, or a mismatch passes that the API server refuses."""
    shutil.copytree(host.sound, host.pki)
    damage(host.pki)
    found = _look(host)
    assert (found.status, found.is_problem) == (status, is_problem)
    assert reason in found.reason
