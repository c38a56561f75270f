# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any text that a user gives is read back as it was given by whoever reads the file, or it is refused with its path.

libyaml, which reads here, is what Kubernetes' own reader was translated from.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import typing as t

import hypothesis
import pytest
import yaml
from hypothesis import strategies

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.yaml_reader import Unreadable, read_yaml
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    kubeconfig_text,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases import contents as phases

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ODD = "\n\r\t\0\x1b\x7f\x85\xa0\u2028\u2029\ufeff\ufffe\ud800\U0001f600\"'\\ #:-{}[]&*!|>%@`,$=~"
TEXTS = strategies.one_of(
    strategies.text(strategies.characters(codec=None), max_size=20),
    strategies.text(strategies.sampled_from(ODD + "ab1"), max_size=20),
    strategies.sampled_from(
        ["a\n---\nb", "a\nb", "\n", "yes", "1:30", "0123", "1_000", ".inf", "<<", "=", "- a", "a: b"]
    ),
)
VERSIONS = strategies.sampled_from(["1.12.0", "1.14.0", "1.15.0", "1.20.0", "1.31.0", "1.37.0"])


def _document(config: Config, phase: str, name: str) -> dict[str, t.Any]:
    [found] = [item for item in phases.phase_files(phase, config) if item.path.endswith(name)]
    value = yaml.load(found.content, LOADER)
    # The host's own reader takes less than all of YAML, and nothing for something else.
    with contextlib.suppress(Unreadable):
        assert read_yaml(found.content) == value
    return t.cast("dict[str, t.Any]", value)


def _command(config: Config, phase: str, name: str) -> list[str]:
    return t.cast("list[str]", _document(config, phase, name)["spec"]["containers"][0]["command"])


def _environment(config: Config, phase: str, name: str) -> list[str]:
    container = _document(config, phase, name)["spec"]["containers"][0]
    return [item.get("value", "") for item in container["env"] if item["name"] == "GIVEN"]


def _kubelet_arguments(config: Config) -> list[str]:
    """The arguments, as systemd.exec(5) takes the line apart where there is nothing in it that is special to it."""
    [found] = [item for item in phases.phase_files("kubelet_start", config) if item.path.endswith("kubeadm-flags.env")]
    [line] = found.content.split("\n")[:-1]
    match = re.fullmatch(r'KUBELET_KUBEADM_ARGS="?([^"\'\\]*)"?', line)
    assert match is not None
    return match.group(1).split(" ")


def _made(make_config: t.Callable[..., Config], path: str, version: str = "1.31.0", **given: t.Any) -> Config | None:
    """The configuration, or None where what was given is refused at its path, and nothing else is."""
    faults = []
    try:
        return make_config(version, **given)
    except InvalidInput as error:
        faults = [fault.path for fault in error.faults]
    assert faults
    assert all(found.startswith(f"kubewright_{path}") for found in faults)
    return None


# How a text is given, and where it is read; what is read contains the text.
FIELDS: dict[str, tuple[t.Callable[[str], dict[str, t.Any]], t.Callable[[Config, str], bool]]] = {
    "apiserver_extra_args": (
        lambda text: {"a": text},
        lambda config, text: f"--a={text}" in _command(config, "control_plane", "kube-apiserver.yaml"),
    ),
    "controller_manager_extra_args": (
        lambda text: {"a": text},
        lambda config, text: f"--a={text}" in _command(config, "control_plane", "kube-controller-manager.yaml"),
    ),
    "scheduler_extra_args": (
        lambda text: {"a": text},
        lambda config, text: f"--a={text}" in _command(config, "control_plane", "kube-scheduler.yaml"),
    ),
    "etcd_extra_args": (
        lambda text: {"a": text},
        lambda config, text: f"--a={text}" in _command(config, "etcd", "etcd.yaml"),
    ),
    "kubelet_extra_args": (
        lambda text: {"a": text},
        lambda config, text: f"--a={text}" in _kubelet_arguments(config),
    ),
}


@pytest.mark.parametrize("field", FIELDS)
@hypothesis.given(text=TEXTS, version=VERSIONS)
def test_arguments(make_config: t.Callable[..., Config], field: str, text: str, version: str) -> None:
    """Breaks a component: an argument that is cut off, a manifest that is no YAML, a second line in a systemd file."""
    given, is_read = FIELDS[field]
    config = _made(make_config, field, version, **{field: given(text)})
    assert config is None or is_read(config, text)


@pytest.mark.parametrize(("component", "phase"), [("apiserver", "control_plane"), ("etcd", "etcd")])
@hypothesis.given(text=TEXTS)
def test_variables_of_the_environment(
    make_config: t.Callable[..., Config], component: str, phase: str, text: str
) -> None:
    """Breaks a component by its environment; an empty one is as good as none."""
    field = component + "_extra_envs"
    config = _made(make_config, f"{field}[0]", **{field: [{"name": "GIVEN", "value": text}]})
    name = "kube-apiserver.yaml" if component == "apiserver" else "etcd.yaml"
    assert config is None or _environment(config, phase, name) == [text]


@hypothesis.given(text=TEXTS)
def test_names_in_kubeconfigs(make_config: t.Callable[..., Config], text: str) -> None:
    """Breaks every kubeconfig of a cluster; blanks around a name are left out."""
    config = _made(make_config, "cluster_name", cluster_name=text)
    if config is None:
        return
    name = str(config.cluster["clusterName"])
    assert name == text.strip(" \t\r\n") or not text
    content = kubeconfig_text(name, "admin", "https://a", b"ca", {"client-certificate": text}, preferences=True)
    document = yaml.load(content, LOADER)
    assert [document["clusters"][0]["name"], document["contexts"][0]["context"]["cluster"]] == [name, name]
    assert read_kubeconfig(content).user == {"client-certificate": text}


@hypothesis.given(text=TEXTS)
def test_the_kubelets_configuration(make_config: t.Callable[..., Config], text: str) -> None:
    """Breaks the kubelet's start."""
    given = {"systemCgroups": text, "staticPodURLHeader": {"a": [text]}}
    config = _made(make_config, "kubelet_configuration.", kubelet_configuration=given)
    if config is None:
        return
    document = _document(config, "kubelet_start", "/config.yaml")
    assert document["staticPodURLHeader"] == {"a": [text]}
    assert document.get("systemCgroups", "") == text


def _folder(text: str) -> str:
    """What is made of a path: blanks around it are left out, and a slash at its end."""
    return text.strip(" \t\r\n").rstrip("/")


def _volumes(config: Config, phase: str, name: str) -> set[str]:
    return {item["hostPath"]["path"] for item in _document(config, phase, name)["spec"]["volumes"]}


@hypothesis.given(text=TEXTS, version=VERSIONS)
def test_the_folder_of_certificates(make_config: t.Callable[..., Config], text: str, version: str) -> None:
    """Breaks a component by a path that is another one to it, or gives a shell something else to do (1.12 and 1.13)."""
    config = _made(make_config, "certificates_dir", version, certificates_dir="/a" + text)
    if config is None:
        return
    folder = _folder("/a" + text)
    assert f"--client-ca-file={folder}/ca.crt" in _command(config, "control_plane", "kube-apiserver.yaml")
    assert folder in _volumes(config, "control_plane", "kube-apiserver.yaml")
    probe = _document(config, "etcd", "etcd.yaml")["spec"]["containers"][0]["livenessProbe"]
    if "exec" in probe:
        assert f"--cacert={folder}/etcd/ca.crt" in shlex.split(probe["exec"]["command"][2])


@hypothesis.given(text=TEXTS)
def test_folders_of_etcd_and_of_volumes(make_config: t.Callable[..., Config], text: str) -> None:
    """Breaks etcd, whose data would lie elsewhere, and volumes of the user's."""
    config = _made(make_config, "etcd_data_dir", etcd_data_dir="/a" + text)
    if config is not None:
        folder = _folder("/a" + text)
        assert f"--data-dir={folder}" in _command(config, "etcd", "etcd.yaml")
        assert folder in _volumes(config, "etcd", "etcd.yaml")
    field = "apiserver_extra_volumes"
    volume = {"name": "v", "hostPath": "/a" + text, "mountPath": "/b" + text}
    config = _made(make_config, field, **{field: [volume]})
    if config is not None:
        assert any(path.startswith("/a") for path in _volumes(config, "control_plane", "kube-apiserver.yaml"))
        [container] = _document(config, "control_plane", "kube-apiserver.yaml")["spec"]["containers"]
        mounts = {item["name"]: item["mountPath"] for item in container["volumeMounts"]}
        assert mounts["v"].rstrip("/") == _folder("/b" + text)


@hypothesis.given(text=TEXTS)
def test_the_audit_policy(make_config: t.Callable[..., Config], text: str) -> None:
    """Breaks the API server's start, or audits somebody else."""
    policy = {"rules": [{"level": "Metadata", "users": [text], "resources": [{"group": text}]}]}
    config = _made(make_config, "audit_policy", audit=True, audit_policy=policy)
    if config is not None:
        [rule] = _document(config, "audit", "audit.yaml")["rules"]
        assert (rule["users"], rule["resources"]) == ([text], [{"group": text}])
