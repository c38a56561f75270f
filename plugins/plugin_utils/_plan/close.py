# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What ends a run, in the execution of the wait: the host finds out itself what a controller could not know before."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.values import value_digest
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import reference
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import Question, join_question


def finalize_mark(config: Config) -> str:
    """A mark of what kubelet.conf is to say."""
    return value_digest(reference(config)._asdict())


def close(phases: t.Collection[str], config: Config, tokens: t.Sequence[t.Mapping[str, t.Any]]) -> Question:
    """What the host is told; see C(_running.close.CLOSING_SPEC). phases: of C(_plan.carry.CLOSING). tokens: see C(join_question)."""
    found: Question = {}
    if "kubelet_finalize" in phases and config.release.kubelet_finalize:
        found["kubelet_conf"] = reference(config)._asdict()
    if "show_join" in phases:
        found["join"] = join_question(config, tokens)
    if found:
        found["lock_timeout"] = config.lock_seconds
    return found


def with_closing_marks(closing: Question, answer: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What came of phase kubelet_finalize, with the mark of what it is the result of. answer: of the module."""
    result = answer.get("carried", {}).get("kubelet_finalize")
    if result is None or "kubelet_conf" not in closing:
        return {}
    return {"kubelet_finalize": dict(result, mark=value_digest(closing["kubelet_conf"]))}


__all__ = ("close", "finalize_mark", "with_closing_marks")
