# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings whose values are not shown."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.secret_settings import (
    is_secret_setting,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.values import compare


@pytest.mark.parametrize(
    "path",
    [
        "spec.containers[etcd].env[AWS_SECRET_ACCESS_KEY]",
        "env[ETCD_PASSPHRASE]",
        "spec.containers[a].env[VAULT_TOKEN_VALUE]",
        "spec.containers[a].env[sessionToken]",
        "env[AUTH]",
        "ClusterConfiguration.scheduler.extraEnvs[DB_PASSWORD_X]",
        "ClusterConfiguration.apiServer.extraArgs[oidc-client-secret-value]",
        "ClusterConfiguration.apiServer.extraArgs.encryption-key",
        "InitConfiguration.nodeRegistration.kubeletExtraArgs[api-key]",
        "--secret-key",
        "spec.containers[a].--encryption-key",
        "PRIVATE_KEY",
    ],
)
def test_secrets(path: str) -> None:
    """Breaks a secret: it stands in the plan, which is printed and kept."""
    assert is_secret_setting(path, "old-value")
    (field,) = compare(path, "old-value", "new-value")
    assert "old-value" not in str(field)
    assert "new-value" not in str(field)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("--enable-bootstrap-token-auth", "true"),
        ("--authentication-token-webhook-cache-ttl", "2m0s"),
        ("--token-auth-file", "/etc/tokens.csv"),
        ("--service-account-signing-key-file", "/etc/sa.key"),
        ("--authorization-mode", "Node,RBAC"),
        ("env[AWS_ACCESS_KEY_ID]", "AKIA"),
        ("spec.containers[a].env[SECRET]", {"valueFrom": {}}),
        ("data.token", "2"),
        ("ClusterConfiguration.apiServer.extraArgs[token-auth-file]", "/etc/tokens.csv"),
        ("ClusterConfiguration.apiServer.extraArgs.audit-log-path", "/var/log/audit.log"),
        ("spec.secret", "text"),
        ("--audit-log-maxage", "30"),
    ],
)
def test_what_only_sounds_like_one(path: str, value: object) -> None:
    """Breaks the plan: a flag that is no secret differs, and nobody sees how."""
    assert not is_secret_setting(path, value)
