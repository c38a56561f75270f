# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What render.yml lays down for a host."""

from __future__ import annotations

import base64
import datetime
import json
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render.tree import Secrets, TreeFile, tree
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.offline_facts import offline_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens, resolve

MakeConfig = t.Callable[..., Config]
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
TOKEN = "abcdef.0123456789abcdef"


def _tree(config: Config, tokens: list[dict[str, t.Any]], secrets: Secrets | None = None) -> dict[str, TreeFile]:
    read = read_input({"kubewright_bootstrap_tokens": tokens})
    return {item.path: item for item in tree(config, bootstrap_tokens(read), secrets, NOW)}


def _object(files: dict[str, TreeFile], end: str) -> dict[str, t.Any]:
    return t.cast(
        "dict[str, t.Any]", yaml.safe_load(next(item.content for path, item in files.items() if path.endswith(end)))
    )


def test_the_layout(make_config: MakeConfig) -> None:
    """Breaks whatever reads the folder: paths, order and names are a contract."""
    files = _tree(make_config("1.31.0"), [])
    assert {path for path in files if not path.startswith("objects/")} == {
        "config.yaml",
        "files.json",
        "images.txt",
        "files/etc/kubernetes/manifests/etcd.yaml",
        "files/etc/kubernetes/manifests/kube-apiserver.yaml",
        "files/etc/kubernetes/manifests/kube-controller-manager.yaml",
        "files/etc/kubernetes/manifests/kube-scheduler.yaml",
        "files/var/lib/kubelet/config.yaml",
        "files/var/lib/kubelet/kubeadm-flags.env",
    }
    objects = sorted(path for path in files if path.startswith("objects/"))
    assert objects[0] == "objects/001-ClusterRoleBinding-kubeadm:cluster-admins.yaml"
    assert objects[1] == "objects/002-ConfigMap-kube-system-kubeadm-config.yaml"
    assert [int(path[8:11]) for path in objects] == list(range(1, len(objects) + 1))
    assert files["files/etc/kubernetes/manifests/etcd.yaml"].mode == 0o600
    assert files["files/var/lib/kubelet/config.yaml"].mode == 0o644
    assert files["images.txt"].content.splitlines()[0] == "registry.k8s.io/kube-apiserver:v1.31.0"


def test_files_json_lists_every_file_of_the_host(make_config: MakeConfig) -> None:
    """Breaks who checks modes and owners against the list; what is not rendered is in it all the same."""
    files = _tree(make_config("1.31.0"), [])
    listed = {item["path"]: item for item in json.loads(files["files.json"].content)}
    assert {path for path, item in listed.items() if item["rendered"]} == {
        path[len("files") :] for path in files if path.startswith("files/")
    }
    assert listed["/etc/kubernetes/pki/ca.key"] == {
        "mode": "0600",
        "owner": "root:root",
        "path": "/etc/kubernetes/pki/ca.key",
        "rendered": False,
    }
    assert listed["/etc/kubernetes/super-admin.conf"]["mode"] == "0600"


def test_without_secrets_nothing_secret_is_in_it(make_config: MakeConfig) -> None:
    """Breaks when a token lies in a folder that is meant for a repository, or a run differs from the one before."""
    files = _tree(make_config("1.31.0"), [{"token": TOKEN, "ttl": "1h"}])
    text = "".join(item.content for item in files.values())
    assert "0123456789abcdef" not in text
    assert base64.b64encode(b"0123456789abcdef").decode() not in text
    secret = _object(files, "bootstrap-token-abcdef.yaml")
    assert base64.b64decode(secret["data"]["token-secret"]) == b"<value withheld>"
    assert "expiration" not in secret["data"]
    assert not any("-Secret-" in path for path in _tree(make_config("1.31.0"), []))


def test_with_secrets(make_config: MakeConfig) -> None:
    """Breaks the token, its file's mode, or the CA in cluster-info."""
    files = _tree(make_config("1.31.0"), [{"token": TOKEN, "ttl": "1h"}], Secrets(b"PEM", []))
    path = next(path for path in files if path.endswith("bootstrap-token-abcdef.yaml"))
    assert (files[path].mode, files[path].secret) == (0o600, True)
    secret = yaml.safe_load(files[path].content)
    assert base64.b64decode(secret["data"]["token-secret"]) == b"0123456789abcdef"
    info = yaml.safe_load(_object(files, "kube-public-cluster-info.yaml")["data"]["kubeconfig"])
    assert base64.b64decode(info["clusters"][0]["cluster"]["certificate-authority-data"]) == b"PEM"
    assert "token: abcdef" in files["config.yaml"].content
    assert files["config.yaml"].mode == 0o600


def test_files_that_hold_the_password_of_a_proxy(make_config: MakeConfig) -> None:
    """Breaks the secrecy of a password in any file that is laid down for it, whatever the mode of others like it."""
    for password in ("PASSWÖRD", 'PASSWORD"', "PASSWORD\\\\"):
        facts = {"proxy_environment": {"HTTP_PROXY": f"http://puser:{password}@proxy"}}
        envs = [{"name": "HTTPS_PROXY", "value": f"http://puser:{password}@proxy"}]
        files = _tree(make_config("1.36.0", facts=facts, apiserver_extra_envs=envs), [])
        holding = {path: item.mode for path, item in files.items() if "puser" in item.content}
        assert len(holding) > 4
        assert set(holding.values()) == {0o600}, password
    facts = {"proxy_environment": {"HTTP_PROXY": "http://puser:PASSWORD@proxy"}}
    files = _tree(make_config("1.31.0", facts=facts), [])
    holding = {path: item.mode for path, item in files.items() if "PASSWORD" in item.content}
    assert any("-DaemonSet-" in path for path in holding)
    assert set(holding.values()) == {0o600}
    assert files["images.txt"].mode == 0o644


def test_a_random_token_is_kept(make_config: MakeConfig) -> None:
    """Breaks the second run, which would make another token."""
    first = _tree(make_config("1.31.0"), [], Secrets(b"", []))
    path = next(path for path in first if "-Secret-" in path)
    again = _tree(make_config("1.31.0"), [], Secrets(b"", [yaml.safe_load(first[path].content)]))
    assert again[path].content == first[path].content


@pytest.mark.parametrize("version", ["1.%d.0" % minor for minor in range(12, 38)])
def test_the_rendered_configuration_renders_the_same(make_config: MakeConfig, version: str) -> None:
    """Breaks config.yaml: kubeadm's documents of that minor do not say what was resolved."""
    variables = {
        "pod_subnet": "10.244.0.0/16",
        "control_plane_endpoint": "lb.example:443",
        "apiserver_extra_args": {"profiling": "false"},
        "apiserver_cert_sans": ["a.example"],
        "scheduler_extra_volumes": [{"name": "a", "hostPath": "/a", "mountPath": "/b", "readOnly": True}],
        "kubelet_extra_args": {"v": "2"},
        "taints": [{"key": "a", "effect": "NoSchedule"}],
        "etcd_image_repository": "r.example/etcd",
        "etcd_image_tag": "3.5.24-0" if version >= "1.34" else "3.4.13-0",
        "wait_timeout": "90s" if version > "1.12.0" else "4m0s",
    }
    first = _tree(make_config(version, **variables), [])
    facts = offline_facts({"inventory_hostname": "other", "ansible_host": "192.0.2.99"}, {"hostname": "cp1"})
    again = resolve(read_input({"kubewright_kubeadm_config": first["config.yaml"].content}), facts)
    second = _tree(Config(again), [])
    assert second.keys() == first.keys()
    for path, item in first.items():
        # What is given as a document bears no mark of a generated one.
        lines = [line for line in item.content.splitlines() if "component-config.hash" not in line]
        kept = [line for line in second[path].content.splitlines() if "component-config.hash" not in line]
        if "annotations:" in item.content and "annotations:" not in second[path].content:
            lines = [line for line in lines if line.strip() != "annotations:"]
        assert kept == lines, path
