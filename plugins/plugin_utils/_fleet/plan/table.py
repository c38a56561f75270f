# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The plan for a terminal."""

from __future__ import annotations

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.model import (
    COMPLETE,
    INCOMPLETE,
    HostPlan,
    Plan,
    count_changes,
    count_hosts,
    unplanned,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import COLLECTION
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.lines import count, row_lines

_INDENT = "    "


def _host(host: HostPlan, check_mode: bool) -> list[str]:
    if host.status == COMPLETE:
        head = count(host.changes, check_mode)
    elif host.status == INCOMPLETE:
        head = (
            f"{count(host.changes, check_mode)} by the phases {', '.join(host.phases)}; the others were not looked at"
        )
    else:
        head = f"{host.status.upper()}, so that this is not all" if host.changes else host.status.upper()
    lines = [f"{host.name}: {head}", *row_lines(host.changes, True)]
    return lines + [_INDENT + text for text in host.message.strip("\n").split("\n") if text]


def _summary(plan: Plan) -> str:
    hosts = [f"{number} {status}" for status, number in count_hosts(plan).items() if number]
    counts = count_changes(plan)
    changes = [f"{number} to {action}" for action, number in counts.items() if number]
    if not plan.check_mode:
        changes = [f"{action} {number}" for action, number in counts.items() if number]
    total = len(plan.hosts)
    text = f"{total} {'host' if total == 1 else 'hosts'}: {', '.join(hosts)}. "
    if not changes:
        return text + ("" if unplanned(plan) else f"{count([], plan.check_mode).capitalize()}.")
    return text + f"{', '.join(changes)}" + (" at least." if unplanned(plan) else ".")


def table(plan: Plan) -> str:
    """Lines, each ended: the hosts with their rows and what differs, those of which not all is known, and the summary."""
    head = "Plan" if plan.check_mode else "Changes"
    lines = [f"{head} by {COLLECTION} {plan.collection_version}, {plan.created}", ""]
    if not plan.hosts:
        return "\n".join([*lines, "No host was asked.", ""])
    for host in plan.hosts:
        lines += [*_host(host, plan.check_mode), ""]
    return "\n".join([*lines, _summary(plan).rstrip(), ""])


__all__ = ("table",)
