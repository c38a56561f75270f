# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of a host: every file by which certificates are planned and reported, and no other."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import certificate_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question

MakeConfig = t.Callable[..., Config]
JANE = {"name": "jane", "location": "host", "path": "/srv/jane.conf"}


@pytest.mark.parametrize("minor", range(12, 38))
def test_every_file_of_the_folder_is_asked_for(make_config: MakeConfig, minor: int) -> None:
    """Breaks the plan of a minor with a traceback: a file of which nothing was read."""
    config = make_config(f"1.{minor}.0", certificates_dir="/srv/pki")
    asked = question(config)
    below = {path for paths in asked.values() for path in paths if path.startswith("/srv/pki/")}
    assert below == {f"/srv/pki/{name}" for name, _mode in certificate_files(config)}
    assert all(path.endswith(".crt") or "kubelet" in path for path in asked["certificates"])
    assert all(path.endswith(".key") or "kubelet" in path for path in asked["keys"])


def test_an_external_etcd_has_its_files_elsewhere(make_config: MakeConfig) -> None:
    """Breaks hosts whose etcd is not ours: files are read, and then missed, that nobody makes."""
    asked = question(make_config("1.31.0", etcd_external={"endpoints": ["http://192.0.2.5:2379"]}))
    assert not [path for paths in asked.values() for path in paths if "etcd" in path]


def test_kubeconfigs(make_config: MakeConfig) -> None:
    """Breaks people's kubeconfigs on the host; those of the controller are none of the host's."""
    here = {**JANE, "name": "joe", "location": "controller", "path": "joe.conf"}
    asked = question(make_config("1.31.0", kubeconfigs=[JANE, here]))["kubeconfigs"]
    assert {"/srv/jane.conf", "/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf"} <= set(asked)
    assert not [path for path in asked if "joe" in path]


@pytest.mark.parametrize(
    ("variables", "certificates", "keys"),
    [
        (
            {},
            ["/var/lib/kubelet/pki/kubelet-client-current.pem", "/var/lib/kubelet/pki/kubelet.crt"],
            ["/var/lib/kubelet/pki/kubelet-client-current.pem", "/var/lib/kubelet/pki/kubelet.key"],
        ),
        (
            {"kubelet_configuration": {"serverTLSBootstrap": True}, "kubelet_extra_args": {"cert-dir": "/k"}},
            ["/k/kubelet-client-current.pem", "/k/kubelet-server-current.pem"],
            ["/k/kubelet-client-current.pem", "/k/kubelet-server-current.pem"],
        ),
    ],
)
def test_the_kubelets_own(
    make_config: MakeConfig, variables: dict[str, t.Any], certificates: list[str], keys: list[str]
) -> None:
    """Breaks the report on the certificates that the kubelet rotates, each of which lies in one file with its key."""
    asked = question(make_config("1.31.0", **variables))
    assert asked["certificates"][-2:] == certificates
    assert asked["keys"][-2:] == keys
