# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Which phases a run has, by its tags, and which of them are carried out in one execution."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import (
    CLOSING,
    WITH_CREDENTIALS,
    WITH_WAIT,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import BY_NAME

_EVERY = ("all", "tagged")
# Tags of ansible-core's own that choose no phase.
_NEITHER = ("always", "untagged")


class Together(t.NamedTuple):
    """kubeconfigs: whether they are made with the certificates. certs, wait_control_plane: the phases that are carried out with these.

    closing: those that end the run, with the wait too.
    """

    kubeconfigs: bool
    certs: list[str]
    wait_control_plane: list[str]
    closing: list[str]


def chosen(phases: t.Sequence[str], run_tags: t.Collection[str], skip_tags: t.Collection[str]) -> list[str]:
    """Those of the phases that may run. A tag of a play's own may stand for any of them."""
    return [phase for phase in phases if phase not in skip_tags and (phase in run_tags or _are_all(run_tags))]


def _are_all(run_tags: t.Collection[str]) -> bool:
    return any(tag not in BY_NAME and tag not in _NEITHER for tag in run_tags)


def together(phases: t.Collection[str], run_tags: t.Collection[str]) -> Together:
    """phases: see C(chosen). With a tag of a play's own it is not known whether certs and kubeconfig run."""
    both, every = {"certs", "kubeconfig"}, any(tag in run_tags for tag in _EVERY)
    kubeconfigs = (every or both <= set(run_tags)) and both <= set(phases)
    # Beside names of phases, a tag of a play's own leaves open which phases run: each acts for itself.
    is_open = not every and _are_all(run_tags) and any(tag in BY_NAME for tag in run_tags)
    known = () if is_open else tuple(phases)
    return Together(
        kubeconfigs,
        [phase for phase in WITH_CREDENTIALS if phase in known and kubeconfigs],
        [phase for phase in WITH_WAIT if phase in known],
        [phase for phase in CLOSING if phase in known],
    )


__all__ = ("Together", "chosen", "together")
