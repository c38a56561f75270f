# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Audit settings: native in 1.12, arguments and volumes later, and policies that are none."""

from __future__ import annotations

import typing as t

import pytest
from resolving import faults_of, resolved

Facts = t.Callable[..., dict[str, t.Any]]


def test_audit_is_native_in_1_12(node_facts: Facts) -> None:
    """K7: breaks audit in 1.12, whose kubeadm has settings of its own for it."""
    result = resolved(node_facts(), "1.12.0", audit=True)
    assert result["audit"]["policy"]["rules"] == [{"level": "Metadata"}]
    assert (result["audit"]["logMaxAge"], result["audit"]["logDir"]) == (2, "/var/log/kubernetes/audit")
    assert "extraArgs" not in result["ClusterConfiguration"]["apiServer"]


def test_audit_is_made_of_arguments_and_volumes_later(node_facts: Facts) -> None:
    """Breaks audit since 1.13, which survives kubeadm's upgrade only as extra arguments; the user's own win."""
    mine = {"audit-log-maxage": "30", "audit-log-maxbackup": "5"}
    section = resolved(node_facts(), audit=True, audit_log_dir="/srv/a", apiserver_extra_args=mine)[
        "ClusterConfiguration"
    ]["apiServer"]
    assert {item["name"]: item["value"] for item in section["extraArgs"]} == {
        "audit-log-maxage": "30",
        "audit-log-maxbackup": "5",
        "audit-log-path": "/srv/a/audit.log",
        "audit-policy-file": "/etc/kubernetes/audit/audit.yaml",
    }
    assert {item["name"]: (item["hostPath"], item["readOnly"]) for item in section["extraVolumes"]} == {
        "audit": ("/etc/kubernetes/audit/audit.yaml", True),
        "audit-log": ("/srv/a", False),
    }


@pytest.mark.parametrize(
    ("policy", "path"),
    [
        ({"kind": "Pod", "rules": [{"level": "None"}]}, "audit_policy"),
        ({"apiVersion": "v1", "rules": [{"level": "None"}]}, "audit_policy"),
        ({"rules": []}, "audit_policy.rules"),
        ({"rules": {}}, "audit_policy.rules"),
        ({"rules": [{"level": "None"}, {"level": "All"}]}, "audit_policy.rules[1].level"),
        ({"rules": ["x"]}, "audit_policy.rules[0]"),
        ({"rules": [{"level": "None", "users": [8]}]}, "audit_policy.rules[0].users[0]"),
        ({"rules": [{"level": "None", "verbs": "get"}]}, "audit_policy.rules[0].verbs"),
        ({"rules": [{"level": "None", "user": ["a"]}]}, "audit_policy.rules[0].user"),
        ({"rules": [{"level": "None", "resources": [{"groups": ""}]}]}, "audit_policy.rules[0].resources[0].groups"),
        ({"omitStages": [1], "rules": [{"level": "None"}]}, "audit_policy.omitStages[0]"),
    ],
)
def test_audit_policies_that_the_server_would_refuse(node_facts: Facts, policy: dict[str, t.Any], path: str) -> None:
    """Breaks the API server's start with a policy that it cannot read."""
    assert set(faults_of(node_facts(), audit=True, audit_policy=policy)) == {path}
