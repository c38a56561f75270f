# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.
"""The audit settings: the policy, where it lies, and how the API server of each minor gets to know of it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import Input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.decode import decoded
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.api_types import Types
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.release import Release

Values = dict[str, t.Any]

POLICY_PATH = "/etc/kubernetes/audit/audit.yaml"
_LEVELS = ("None", "Metadata", "Request", "RequestResponse")
# The type of a policy (audit.k8s.io/v1), whose fields are the same in all minors but for omitManagedFields, which came with 1.23.
_TYPES: Types = {
    "Policy": {
        "apiVersion": "string",
        "kind": "string",
        "metadata": "anything",
        "omitManagedFields": "bool",
        "omitStages": "list:string",
        "rules": "list:PolicyRule",
    },
    "PolicyRule": {
        "level": "string",
        "namespaces": "list:string",
        "nonResourceURLs": "list:string",
        "omitManagedFields": "bool",
        "omitStages": "list:string",
        "resources": "list:GroupResources",
        "userGroups": "list:string",
        "users": "list:string",
        "verbs": "list:string",
    },
    "GroupResources": {"group": "string", "resourceNames": "list:string", "resources": "list:string"},
}
_DEFAULT_POLICY: t.Mapping[str, t.Any] = {"rules": [{"level": "Metadata"}]}


def policy_faults(name: str, policy: t.Mapping[str, t.Any]) -> list[Fault]:
    """What is wrong with a policy."""
    faults = []
    if policy["kind"] != "Policy" or not str(policy["apiVersion"]).startswith("audit.k8s.io/"):
        found = "{} {}".format(policy["apiVersion"], policy["kind"])
        faults.append(Fault(name, found, "audit.k8s.io/v1 Policy", "Give an audit policy."))
    rules = policy.get("rules")
    if not isinstance(rules, list) or not rules:
        faults.append(Fault(f"{name}.rules", "no rules", "a list of rules", "Give at least one rule."))
        return faults
    faults += decoded(_TYPES, "Policy", name, dict(policy))[1]
    for index, rule in enumerate(rules):
        if isinstance(rule, dict) and rule.get("level") not in _LEVELS:
            path = "%s.rules[%d].level" % (name, index)
            faults.append(Fault(path, str(rule.get("level")), ", ".join(_LEVELS), "Give one of them."))
    return faults


def _policy(read: Input) -> Values:
    return dict(
        {"apiVersion": "audit.k8s.io/v1", "kind": "Policy"}, **(read.get(targets.AUDIT_POLICY) or _DEFAULT_POLICY)
    )


def audit_faults(read: Input) -> list[Fault]:
    """What is wrong with the audit settings in every minor."""
    if not read.get(targets.AUDIT_ENABLED):
        return []
    name, other = read.name(targets.AUDIT_POLICY), read.name(targets.AUDIT_POLICY_PATH)
    if read.get(targets.AUDIT_POLICY_PATH) is None:
        return policy_faults(name, _policy(read))
    if read.get(targets.AUDIT_POLICY) is None:
        return []
    return [Fault(name, f"a policy beside {other}", "one of the two", "Take one of the two out.")]


def audit_settings(read: Input, api_server: Values, release: Release) -> Values | None:
    """The audit settings, or None where auditing is off.

    C(policy) is None where the user has put a policy on the host already. In minors whose kubeadm knows nothing of
    auditing, the section of the API server gets the flags and volumes.
    """
    if not read.get(targets.AUDIT_ENABLED):
        return None
    path = read.get(targets.AUDIT_POLICY_PATH)
    policy = _policy(read) if path is None else None
    if policy is not None and release.audit_native:
        policy = dict({"metadata": {"creationTimestamp": None}}, **policy)
    result = {
        "policy": policy,
        "path": path or POLICY_PATH,
        "logDir": read.value(targets.AUDIT_LOG_DIR),
        "logMaxAge": read.value(targets.AUDIT_LOG_MAX_AGE),
    }
    if not release.audit_native:
        _add_to_api_server(api_server, result)
    return result


def _add_to_api_server(section: Values, audit: Values) -> None:
    """Since 1.13 kubeadm knows nothing of auditing: as extra arguments and volumes it survives kubeadm's own upgrade."""
    wanted = {
        "audit-policy-file": audit["path"],
        "audit-log-path": audit["logDir"] + "/audit.log",
        "audit-log-maxage": str(audit["logMaxAge"]),
    }
    arguments = list(section.get("extraArgs") or [])
    given = {item["name"] for item in arguments}
    arguments += [{"name": name, "value": value} for name, value in wanted.items() if name not in given]
    volumes = list(section.get("extraVolumes") or [])
    names = {item["name"] for item in volumes}
    for name, path, kind, read_only in (
        ("audit", audit["path"], "File", True),
        ("audit-log", audit["logDir"], "DirectoryOrCreate", False),
    ):
        if name not in names:
            volumes.append({"name": name, "hostPath": path, "mountPath": path, "pathType": kind, "readOnly": read_only})
    section.update(extraArgs=arguments, extraVolumes=volumes)


__all__ = ("POLICY_PATH", "audit_faults", "audit_settings", "policy_faults")
