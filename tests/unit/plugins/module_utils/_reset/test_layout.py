# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What init puts on a host, by what lies there."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._reset.layout import layout
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files

MakeConfig = t.Callable[..., Config]


def _host(root: pathlib.Path, config: Config) -> Host:
    host = Host(lambda _argv: Result(0, "", ""), str(root))
    for phase in ("etcd", "control_plane", "kubelet_start"):
        for file in phase_files(phase, config):
            host.write(file.path, file.content.encode(), 0o600)
    return host


@pytest.mark.parametrize("version", ["1.13.0", "1.26.0", "1.31.0", "1.37.0"])
def test_where_things_are(tmp_path: pathlib.Path, make_config: MakeConfig, version: str) -> None:
    """Breaks the reset of a host whose folders are not the usual ones: keys and data stay, or its runtime is not found."""
    config = make_config(
        version,
        certificates_dir="/srv/pki",
        etcd_data_dir="/srv/etcd/data",
        cri_socket="unix:///run/other.sock",
    )
    found = layout(_host(tmp_path, config))
    assert (found.etcd, found.folders[-1]) == ("/srv/etcd/data", "/etc/kubernetes/manifests")
    # There may be others' files beside them.
    assert not any(folder.startswith("/srv/pki") for folder in found.folders)
    assert {"/srv/pki/ca.key", "/srv/pki/etcd/peer.crt", "/srv/pki/sa.pub", "/etc/kubernetes/admin.conf"} <= {
        *found.files
    }
    assert list(found.sockets) == ["unix:///run/other.sock"]


def test_a_host_with_nothing(tmp_path: pathlib.Path) -> None:
    """Breaks the second run, or that of a worker; or the data of another etcd that is on the host."""
    found = layout(Host(lambda _argv: Result(0, "", ""), str(tmp_path)))
    assert (found.folders[0], found.etcd, list(found.sockets)) == ("/etc/kubernetes/pki", "", [])


@pytest.mark.parametrize(
    "folder", ["/", "/var/lib", "/home/data", "/usr/local/etcd", "/etc", "/var/lib/kubelet", "/srv/../etc"]
)
def test_a_folder_that_is_not_the_clusters(tmp_path: pathlib.Path, make_config: MakeConfig, folder: str) -> None:
    """Breaks a host: a manifest that somebody has damaged takes the system with it."""
    host = _host(tmp_path, make_config("1.31.0"))
    path = "/etc/kubernetes/manifests/etcd.yaml"
    text = (host.content(path) or b"").decode().replace("/var/lib/etcd", folder)
    host.write(path, text.encode(), 0o600)
    with pytest.raises(KubewrightError, match=r"not only the cluster's. Nothing is removed"):
        layout(host)


def test_a_ca_of_clients_that_lies_elsewhere(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks a host: the folder of a CA that somebody has named in a flag is emptied, as that of the system's certificates."""
    config = make_config("1.31.0", apiserver_extra_args={"client-ca-file": "/etc/pki/tls/certs/corp.pem"})
    found = layout(_host(tmp_path, config))
    assert found.folders[0] == "/etc/kubernetes/pki"
    assert not any("tls" in path for path in (*found.folders, *found.files))


def test_a_folder_that_is_a_link(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks a host: a link in a cluster's name leads to the system."""
    (tmp_path / "srv").mkdir()
    (tmp_path / "usr").mkdir()
    (tmp_path / "srv/etcd").symlink_to(tmp_path / "usr")
    with pytest.raises(KubewrightError, match=r"which is not only the cluster's"):
        layout(_host(tmp_path, make_config("1.31.0", etcd_data_dir="/srv/etcd")))


@pytest.mark.parametrize(("flags", "sockets"), [("--network-plugin=cni", ["/var/run/docker.sock"]), ("--v=2", [])])
def test_docker_until_1_23(tmp_path: pathlib.Path, flags: str, sockets: list[str]) -> None:
    """Breaks where Docker is there and is not the kubelet's: it holds up the reset; or its pods are not found where it is."""
    host = Host(lambda _argv: Result(0, "", ""), str(tmp_path))
    host.write("/var/lib/kubelet/kubeadm-flags.env", f'KUBELET_KUBEADM_ARGS="{flags}"\n'.encode(), 0o600)
    assert list(layout(host).sockets) == sockets
