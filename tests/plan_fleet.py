# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of role init register on hosts of every kind, for the tests of the plan of all of them."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.model import (
    RESULTS,
    Plan,
    PlanResults,
    fleet_plan,
)

MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml"
FIELDS = [{"name": "--v", "before": "2", "after": "4"}]
CHANGE = {"artefact": MANIFEST, "action": "change", "reason": "it differs", "fields": FIELDS}
RESTART = {
    "artefact": "kube-apiserver",
    "action": "restart",
    "reason": "its manifest changes",
    "fields": [],
    "away_seconds": 18.2,
}
CREATE = {"artefact": "/etc/kubernetes/pki/sa", "action": "create", "reason": "missing", "fields": []}
Registered = dict[str, t.Any]


def resolved(skipped: t.Sequence[str] = (), file: str | None = None) -> Registered:
    """The result of cluster_config."""
    cluster = {"kubernetesVersion": "v1.37.2"}
    return {"resolved": {"ClusterConfiguration": cluster, "skipPhases": [*skipped], "controller": {"planFile": file}}}


def whole(skipped: t.Sequence[str] = (), file: str | None = None, **planned: t.Any) -> dict[str, Registered]:
    """A run to its end. planned: the rows by the result."""
    found = {key: {"changed": bool(planned.get(key)), "planned": planned.get(key, [])} for key in RESULTS}
    for phase in skipped:
        del found[phase]
    return {**found, "config": resolved(skipped, file), "read": {"facts": {}}}


def until(key: str, last: Registered, **planned: t.Any) -> dict[str, Registered]:
    """A run that ends so with one of its results."""
    found = whole(**planned)
    keys = list(RESULTS)
    return {**{name: found[name] for name in keys[: keys.index(key)]}, key: last}


HOSTS = {
    "cp1": PlanResults("a", whole(control_plane=[CHANGE, RESTART])),
    "cp2": PlanResults("", whole(skipped=["addons"])),
    "cp3": PlanResults("", until("preflight", {"failed": True, "msg": "Swap: found swap is on.\nTurn it off."})),
    "cp4": PlanResults("", {"config": {"unreachable": True, "msg": "no route to host"}}),
    "cp5": PlanResults("", until("audit", {"changed": False, "planned": []}, certs=[CREATE])),
    "cp6": PlanResults("", {}),
}


def plan(check_mode: bool = True) -> Plan:
    """The plan of all of them."""
    return fleet_plan(HOSTS, "0.1.0", "2026-01-31T12:00:00Z", check_mode)


__all__ = ("CHANGE", "CREATE", "FIELDS", "HOSTS", "MANIFEST", "RESTART", "plan", "resolved", "until", "whole")
