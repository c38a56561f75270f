# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The plan of many hosts as values: what each phase changes, and whether all of it is known."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.printable import line
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.legible import legible
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.registered import (
    Registered,
    cause,
    guarded,
    kubernetes_version,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import ACTIONS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import BY_NAME, PHASES

COMPLETE, INCOMPLETE, FAILED, UNREACHABLE, UNKNOWN = "complete", "incomplete", "failed", "unreachable", "unknown"
STATUSES = (COMPLETE, INCOMPLETE, FAILED, UNREACHABLE, UNKNOWN)
_UNKNOWN = "The run has not come to this host."

# The results of role init, in the order of its tasks, by what they are of; and the names under which the roles register them. The first
# two are of playbooks/plan.yml.
RESULTS: t.Mapping[str, str] = {
    "ping": "__plan_ping_result",
    "leader": "__cluster_leader_result",
    "config": "__config_result",
    "read": "__init_read_result",
    "preflight": "preflight_result",
    "images": "images_result",
    "certs": "__certs_result",
    "kubeconfig": "__kubeconfig_result",
    "audit": "__audit_result",
    "etcd": "__etcd_result",
    "control_plane": "__control_plane_result",
    "kubelet_start": "__kubelet_start_result",
    "restart": "__component_restart_result",
    "wait_control_plane": "__wait_apiserver_result",
    "upload_config": "__upload_config_result",
    "mark_control_plane": "__mark_control_plane_result",
    "bootstrap_token": "__bootstrap_token_result",
    "read_again": "__init_read_again_result",
    "kubelet_finalize": "__kubelet_finalize_result",
    "addons": "__addons_result",
    "show_join": "show_join_result",
}
# Of a host of an external etcd: which of them leads.
_ETCD_LEADER = "__etcd_leader_result"
JOIN_CONFIGS = ("__control_plane_config_result", "__worker_config_result", "__etcd_host_config_result")
# The same of the roles that join a node; the configuration is registered under one of the names of C(JOIN_CONFIGS).
JOIN_RESULTS: t.Mapping[str, str] = {
    "ping": RESULTS["ping"],
    "leader": RESULTS["leader"],
    "join_info": "__join_info_result",
    "config": JOIN_CONFIGS[0],
    "read": RESULTS["read"],
    "preflight": RESULTS["preflight"],
    "images": RESULTS["images"],
    "shared_certs_look": "__shared_certs_result",
    "shared_certs_read": "__shared_certs_info_result",
    "shared_certs": "__shared_certs_written_result",
    "certs": RESULTS["certs"],
    "kubeconfig": RESULTS["kubeconfig"],
    "audit": RESULTS["audit"],
    "etcd_member": "__etcd_member_result",
    "kubelet_bootstrap": "__kubelet_bootstrap_result",
    "node_drain": "__node_drain_result",
    "etcd": RESULTS["etcd"],
    "control_plane": RESULTS["control_plane"],
    "kubelet_start": RESULTS["kubelet_start"],
    "etcd_vote": "__etcd_vote_result",
    "restart": RESULTS["restart"],
    "wait_control_plane": RESULTS["wait_control_plane"],
    "upload_config": RESULTS["upload_config"],
    "mark_control_plane": RESULTS["mark_control_plane"],
    "node_annotate": "__node_annotate_result",
    "node_schedulable": "__node_schedulable_result",
}
# The phase of a result that is not called by it.
_PHASE = {
    "config": "join",
    "restart": "wait_control_plane",
    "etcd_vote": "etcd_member",
    "node_schedulable": "node_drain",
}

Change = dict[str, t.Any]


class HostPlan(t.NamedTuple):
    """What is known of one host.

    status: one of C(STATUSES); C(complete) where every phase was planned that its configuration has, and C(incomplete) where some were
    left out by tags. message: why not all is known, maybe of several lines; otherwise empty. cluster, kubernetes_version: empty where
    nobody knows. phases: those that were planned. changes: the rows of the phases, each with its C(phase).
    """

    name: str
    cluster: str
    status: str
    message: str
    kubernetes_version: str
    phases: list[str]
    changes: list[Change]


class Plan(t.NamedTuple):
    """A run. created: UTC in ISO 8601. check_mode: whether nothing was changed, and the rest says what would be."""

    collection_version: str
    created: str
    check_mode: bool
    hosts: list[HostPlan]


class PlanResults(t.NamedTuple):
    """What is known of a host. cluster: C(kubewright_cluster), or empty. results: of its tasks by the keys of C(RESULTS), or where it
    C(joins) of C(JOIN_RESULTS); those that did not run are absent.
    """

    cluster: str
    results: t.Mapping[str, Registered]
    joins: bool = False


def _changes(phase: str, result: Registered) -> list[Change]:
    found = []
    for row in result.get("planned") or []:
        change = {"phase": phase, **{key: str(row[key]) for key in ("artefact", "action", "reason")}}
        found.append({**change, "fields": list(row.get("fields") or []), "away_seconds": row.get("away_seconds")})
    return found


def _skipped(results: t.Mapping[str, Registered]) -> t.Collection[str]:
    """The phases that the configuration leaves out."""
    resolved = (results.get("config") or {}).get("resolved") or {}
    return resolved.get("skipPhases") or ()


def names_of(variables: t.Mapping[str, t.Any]) -> tuple[dict[str, str], bool]:
    """The names of a host's results, in the order of its tasks, and whether it joins. variables: all that it has."""
    config = next((name for name in JOIN_CONFIGS if variables.get(name)), None)
    is_of_etcd = variables.get(_ETCD_LEADER) is not None
    is_joining = is_of_etcd or (variables.get(JOIN_RESULTS["join_info"]) and not variables.get(RESULTS["config"]))
    if config is None and not is_joining:
        return dict(RESULTS), False
    names = dict(JOIN_RESULTS)
    if is_of_etcd:
        names["leader"] = _ETCD_LEADER
    if config is None:
        del names["config"]
    else:
        names["config"] = config
    return names, True


def _is_complete(outcome: PlanResults, phases: t.Sequence[str]) -> bool:
    """Whether every phase was planned that the configuration has."""
    if not outcome.joins:
        return {phase.name for phase in PHASES} - {*phases, *_skipped(outcome.results)} == set()
    # What waits for its cluster is known no further.
    resolved = outcome.results.get("config", {}).get("resolved", {})
    return resolved is None or "wait_control_plane" in phases


def _host(name: str, outcome: PlanResults) -> HostPlan:
    results, phases, changes = outcome.results, [], []
    status, message = UNKNOWN, _UNKNOWN
    for key in JOIN_RESULTS if outcome.joins else RESULTS:
        result = results.get(key)
        # What a condition has left out was not planned. Role init makes the kubeconfigs with the certificates.
        if result is None or (result.get("skipped") and not (key == "kubeconfig" and "certs" in phases)):
            continue
        phase = _PHASE.get(key, key)
        changes += _changes(phase, result)
        if result.get("unreachable") or result.get("failed"):
            status, message = UNREACHABLE if result.get("unreachable") else FAILED, legible(cause(result))
            break
        if key in BY_NAME:
            phases.append(key)
        if key in BY_NAME or (key == "config" and outcome.joins):
            status, message = INCOMPLETE, ""
    if status == INCOMPLETE and _is_complete(outcome, phases):
        status = COMPLETE
    skipped = _skipped(results)
    phases = [phase for phase in phases if phase not in skipped]
    version = legible(kubernetes_version(results.get("config") or {}))
    return HostPlan(line(name), legible(outcome.cluster), status, message, version, phases, changes)


def fleet_plan(outcomes: t.Mapping[str, PlanResults], version: str, created: str, check_mode: bool) -> Plan:
    """The plan, hosts in their order. version: the collection's. created: UTC in ISO 8601. check_mode: of the run."""

    def one(name: str, outcome: PlanResults) -> HostPlan:
        def otherwise(why: str) -> HostPlan:
            return HostPlan(line(name), legible(outcome.cluster), FAILED, legible(why), "", [], [])

        return guarded(lambda: _host(name, outcome), otherwise)

    return Plan(version, created, check_mode, [one(name, outcome) for name, outcome in outcomes.items()])


def count_hosts(plan: Plan) -> dict[str, int]:
    """How many hosts have each status; every status is a key."""
    found = dict.fromkeys(STATUSES, 0)
    for host in plan.hosts:
        found[host.status] += 1
    return found


def count_changes(plan: Plan) -> dict[str, int]:
    """How many changes of all hosts are of each kind; every kind is a key."""
    found = dict.fromkeys(ACTIONS, 0)
    for host in plan.hosts:
        for change in host.changes:
            found[change["action"]] += 1
    return found


def unplanned(plan: Plan) -> list[str]:
    """The hosts of which it is not known what changes."""
    return [host.name for host in plan.hosts if host.status in (FAILED, UNREACHABLE, UNKNOWN)]


def changing(plan: Plan) -> list[str]:
    """The hosts on which something changes."""
    return [host.name for host in plan.hosts if host.changes]


__all__ = (
    "COMPLETE",
    "FAILED",
    "INCOMPLETE",
    "JOIN_CONFIGS",
    "JOIN_RESULTS",
    "RESULTS",
    "STATUSES",
    "UNKNOWN",
    "UNREACHABLE",
    "HostPlan",
    "Plan",
    "PlanResults",
    "changing",
    "count_changes",
    "count_hosts",
    "fleet_plan",
    "names_of",
    "unplanned",
)
