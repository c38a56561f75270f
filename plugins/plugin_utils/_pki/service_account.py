# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The key pair by which service account tokens are signed and checked."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import (
    MISSING,
    OK,
    UNREADABLE,
    WRONG,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import Facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.inspection import Found, Inspection

# The reason where both halves are made.
BOTH_MISSING = "missing"


def _reason(directory: str, facts: Facts) -> str | None:
    """Why the keys, or their public half, have to be made, or None where they fit together.

    Raises KubewrightError where they must not be replaced without the user's decision.
    """
    key, problem = facts.key(f"{directory}/sa.key")
    public, public_problem = facts.public_key(f"{directory}/sa.pub")
    unreadable = facts.problem(f"{directory}/sa.key") or facts.problem(f"{directory}/sa.pub")
    if unreadable:
        # Nobody knows what is in it: it must not be moved away for that.
        raise KubewrightError(unreadable)
    if problem or public_problem:
        raise KubewrightError(
            f"{(problem or public_problem).rstrip('.')}. Put the right pair there, or move sa.key and sa.pub away to have a new one "
            "made."
        )
    if key is None and public is None:
        return BOTH_MISSING
    if key is None:
        raise KubewrightError(
            f"{directory}/sa.pub is there but sa.key is not: every service account token depends on it. "
            "Put sa.key back, or move sa.pub away to have a new pair made."
        )
    if public is None:
        return "public half is missing"
    if key.public != public:
        raise KubewrightError(
            f"{directory}/sa.pub is not the public half of sa.key. Put the right pair there, or move both away to have a new one made."
        )
    return None


def inspect_service_account(config: Config, facts: Facts) -> Inspection:
    """The service account keys; C(path) is that of C(sa.key)."""
    directory = config.certificates_dir
    key, problem = facts.key(f"{directory}/sa.key")
    public, public_problem = facts.public_key(f"{directory}/sa.pub")
    found, is_problem = Found(key=key), False
    try:
        reason = _reason(directory, facts)
    except KubewrightError as error:
        reason, is_problem = str(error), True
    if problem or public_problem:
        status = UNREADABLE
    elif reason is None:
        status = OK
    else:
        status = WRONG if key is not None and public is not None else MISSING
    return Inspection(f"{directory}/sa.key", found, status, reason or "", is_problem)


__all__ = ("BOTH_MISSING", "inspect_service_account")
