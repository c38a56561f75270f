# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which files are read again by themselves, and which a run writes anew."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._running.reload import planned_files, reloads

MakeConfig = t.Callable[..., Config]


@pytest.mark.parametrize(
    ("flag", "since"),
    [
        ("tls-cert-file", 17),
        ("client-ca-file", 19),
        ("kubelet-client-certificate", 18),
        ("proxy-client-key-file", 20),
        ("etcd-certfile", 12),
        ("etcd-cafile", None),
        ("audit-policy-file", None),
        ("admission-control-config-file", None),
        ("authentication-config", 30),
        ("authorization-config", 30),
    ],
)
def test_since_when_the_api_server_reads_a_file_again(make_config: MakeConfig, flag: str, since: int | None) -> None:
    """Breaks when an API server keeps an old file, or goes down for one that it reads again by itself."""
    found = [minor for minor in range(12, 38) if reloads(make_config(f"1.{minor}.0"), "kube-apiserver")[flag]]
    assert found == (list(range(since, 38)) if since is not None else [])


def test_a_file_that_another_flag_has_read_again(make_config: MakeConfig) -> None:
    """Breaks a key of the encryption at rest that is never used, or the API server's time where it takes the key by itself."""
    found = reloads(make_config("1.26.0"), "kube-apiserver")
    assert found["encryption-provider-config"] == "encryption-provider-config-automatic-reload"


def test_the_files_that_check_mode_does_not_write(make_config: MakeConfig) -> None:
    """Breaks the plan: the files are not written yet, and the restarts that they will bring are missing."""
    reasons = {"apiserver": "SAN x missing", "/etc/kubernetes/kubelet.conf": "missing"}
    found = planned_files(make_config("1.16.0"), {**reasons, "/etc/kubernetes/scheduler.conf": LOOSE, "sa.key": LOOSE})
    folder = "/etc/kubernetes/pki/apiserver"
    assert found == {folder + ".crt", folder + ".key", folder + ".pub", "/etc/kubernetes/kubelet.conf"}
