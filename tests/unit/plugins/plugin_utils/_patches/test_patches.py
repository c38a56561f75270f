# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of kubeadm's patches: names, kinds, order, and what is wrong with them."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.patches import (
    no_directory,
    parsed_name,
    patched,
    read_patches,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import (
    patch_problems,
    phase_files,
    phase_objects,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import resolve

ENDPOINT = "unix:///var/run/containerd/containerd.sock"
TARGETS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kube-apiserver.yaml", ("kube-apiserver", "strategic")),
        ("kube-apiserver0+merge.json", ("kube-apiserver", "merge")),
        ("etcd-tuning+json.yaml", ("etcd", "json")),
        ("kube-apiserverfoo.yaml", ("kube-apiserver", "strategic")),
        ("etcd+jsonx.yaml", ("etcd", "json")),
        ("etcd.yml", None),
        ("README.md", None),
        ("my-etcd.yaml", None),
        ("kubelet.yaml", None),
    ],
)
def test_names(name: str, expected: tuple[str, str] | None) -> None:
    """Breaks the choice of files by kubeadm's rule."""
    assert parsed_name(name, TARGETS) == expected


@pytest.mark.parametrize("name", ["etcd+.yaml", "etcd+foo.yaml"])
def test_a_kind_that_does_not_exist(name: str) -> None:
    """Breaks when a misspelt kind of patch is taken for another."""
    with pytest.raises(KubewrightError):
        parsed_name(name, TARGETS)


def test_order_and_documents() -> None:
    """Breaks patches that build on each other: by name, folders in their place, documents in the order of the file."""
    texts = {
        "etcd1.yaml": "a: 1\n---\na: 2\n",
        "etcd.yaml": "a: 0\n",
        "etcd/etcd9.yaml": "a: 9\n",
        "etcd0+merge.json": '{"a": 3}',
    }
    found = read_patches("v", "p", TARGETS, lambda _path: texts)
    assert [(item["file"], item["patch"]["a"]) for item in found.patches] == [
        ("etcd/etcd9.yaml", 9),
        ("etcd.yaml", 0),
        ("etcd0+merge.json", 3),
        ("etcd1.yaml", 1),
        ("etcd1.yaml", 2),
    ]
    assert found.faults == []


def test_files_that_are_no_patches_are_named() -> None:
    """Breaks when a misnamed patch is left out without a word."""
    found = read_patches("v", "p", TARGETS, lambda _path: {"apiserver.yaml": "a: 1\n", "etcd.yaml": ""})
    assert (found.patches, found.faults, len(found.warnings)) == ([], [], 2)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("etcd.yaml", "a: [", "neither YAML nor JSON that can be taken (in line"),
        ("etcd.yaml", "- a\n", "is no mapping"),
        ("etcd+json.yaml", "a: 1\n", "is no list of operations"),
        ("etcd+foo.yaml", "a: 1\n", "no type behind its '+'"),
    ],
)
def test_broken_files(name: str, text: str, found: str) -> None:
    """Breaks the message for a patch that cannot be read."""
    faults = read_patches("v", "p", TARGETS, lambda _path: {name: text}).faults
    assert [fault.path for fault in faults] == [f"v/{name}"]
    assert found in faults[0].found


def test_a_folder_that_is_not_there() -> None:
    """Breaks the message for a wrong path."""
    assert [fault.path for fault in read_patches("v", "/no", TARGETS, no_directory).faults] == ["v"]


def _unread(value: dict[str, t.Any]) -> tuple[dict[str, t.Any], list[t.Any]]:
    return value, []


@pytest.mark.parametrize(
    ("kind", "patch", "expected"),
    [
        ("merge", {"a": {"b": None, "d": [1]}}, {"kind": "Pod", "a": {"c": 2, "d": [1]}}),
        ("json", [{"op": "replace", "path": "/a/b", "value": 9}], {"kind": "Pod", "a": {"b": 9, "c": 2}}),
        ("strategic", {"a": {"b": None}}, {"kind": "Pod", "a": {"c": 2}}),
    ],
)
def test_kinds(kind: str, patch: t.Any, expected: dict[str, t.Any]) -> None:
    """Breaks one of the three kinds of patches."""
    item = {"target": "etcd", "type": kind, "patch": patch, "file": "etcd.yaml"}
    value = {"kind": "Pod", "a": {"b": 1, "c": 2}}
    assert patched(value, "etcd", [item], _unread) == expected
    assert patched(value, "kube-apiserver", [item], _unread) == value


def _config(node_facts: t.Callable[..., t.Any], version: str, texts: dict[str, str]) -> Config:
    given = {"kubewright_kubernetes_version": version, "kubewright_patches_directory": "patches"}
    return Config(resolve(read_input(given), node_facts(), lambda _path: texts))


def test_patches_reach_what_they_are_for(node_facts: t.Callable[..., t.Any]) -> None:
    """D3: breaks patches for the kubelet, CoreDNS and kube-proxy in the minors that have them."""
    config = _config(
        node_facts,
        "1.37.0",
        {
            "kubeletconfiguration.yaml": "maxPods: 42\n",
            "corednsdeployment.yaml": "spec: {replicas: 5}\n",
            "kubeproxydaemonset.yaml": "spec: {template: {spec: {priorityClassName: x}}}\n",
            "kube-scheduler.yaml": "metadata: {labels: {a: b}}\n",
        },
    )
    files = {
        file.path: yaml.safe_load(file.content) for file in phase_files("kubelet_start", config) if "yaml" in file.path
    }
    assert files["/var/lib/kubelet/config.yaml"]["maxPods"] == 42
    objects = {item.manifest["kind"]: item.manifest for item in phase_objects("addons", config)}
    assert objects["Deployment"]["spec"]["replicas"] == 5
    assert objects["DaemonSet"]["spec"]["template"]["spec"]["priorityClassName"] == "x"
    scheduler = yaml.safe_load(phase_files("control_plane", config)[2].content)
    assert scheduler["metadata"]["labels"]["a"] == "b"
    assert patch_problems(config) == []


def test_a_target_of_a_later_minor_is_no_patch(node_facts: t.Callable[..., t.Any]) -> None:
    """D3: breaks when a patch is promised that kubeadm's upgrade of that minor would not apply."""
    read = read_input({"kubewright_kubernetes_version": "1.24.0", "kubewright_patches_directory": "patches"})
    resolved = resolve(read, node_facts(), lambda _path: {"kubeletconfiguration.yaml": "maxPods: 42\n"})
    assert resolved["patches"] == []
    assert "kubeletconfiguration.yaml is not used" in read.warnings[0]


def test_minors_without_patches(node_facts: t.Callable[..., t.Any]) -> None:
    """D3: breaks the message in 1.12 to 1.18."""
    with pytest.raises(InvalidInput, match=r"kubewright_patches_directory: found a setting unknown to kubeadm 1\.18"):
        _config(node_facts, "1.18.0", {})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("etcd.yaml", "spec: {containers: [{image: x}]}\n"),
        ("etcd.yaml", "spec: null\n"),
        ("etcd.yaml", "spec: {containers: x}\n"),
        ("etcd+merge.yaml", "spec: {containers: []}\n"),
        ("etcd.yaml", "spec: {hostNetwork: maybe}\n"),
        ("etcd.yaml", "metadata: {name: other}\n"),
        ("etcd.yaml", "metadata: x\n"),
        ("etcd.yaml", "$patch: delete\n"),
        ("etcd+merge.yaml", "kind: null\n"),
        ("etcd+json.yaml", "- {op: remove, path: /spec}\n"),
        ("etcd+json.yaml", "- {op: replace, path: '', value: 5}\n"),
        ("etcd+json.yaml", "- 5\n"),
        ("etcd+json.yaml", "- {op: add, path: 7, value: x}\n"),
        ("corednsdeployment.yaml", "spec: {template: {spec: null}}\n"),
        ("corednsdeployment+merge.yaml", "metadata: x\n"),
        ("etcd+json.yaml", "- {op: copy, from: /spec/volumes/0, path: /spec/volumes/-}\n"),
        ("etcd+json.yaml", "- {op: copy, from: /spec/containers/0, path: /spec/containers/-}\n"),
        ("kube-apiserver+json.yaml", "- {op: remove, path: /spec/none}\n"),
        ("kube-apiserver+json.yaml", "- {op: nonsense}\n"),
        ("corednsdeployment+json.yaml", "- {op: test, path: /spec/replicas, value: 9}\n"),
    ],
)
def test_a_patch_that_does_not_fit_is_found_before_anything_is_written(
    node_facts: t.Callable[..., t.Any], name: str, text: str
) -> None:
    """Breaks when a patch fails in the middle of a run."""
    problems = patch_problems(_config(node_facts, "1.31.0", {name: text}))
    assert len(problems) == 1
    assert name in problems[0]


def test_every_target_with_a_problem_is_named(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when patches have to be mended one by one."""
    files = {f"{target}.yaml": "spec: null\n" for target in TARGETS}
    files["kubeletconfiguration.yaml"] = "maxPods: many\n"
    problems = patch_problems(_config(node_facts, "1.31.0", files))
    assert len(problems) == 5
    assert "for kubeletconfiguration: maxPods: found 'many'" in problems[-1]


def test_a_date_in_a_patch_is_text(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks annotations with a date, which kubeadm's reader takes for text."""
    config = _config(node_facts, "1.31.0", {"etcd.yaml": "metadata: {annotations: {built: 2026-01-31}}\n"})
    assert yaml.safe_load(phase_files("etcd", config)[0].content)["metadata"]["annotations"]["built"] == "2026-01-31"


@pytest.mark.parametrize("text", ["a: &x [*x]\n", "a: !!binary aGk=\n", "1: a\n", "a: 1\na: 2\n", "a: [\n"])
def test_yaml_that_kubernetes_does_not_take(node_facts: t.Callable[..., t.Any], text: str) -> None:
    """Breaks the message for a patch that cannot be read: it names the file, and there is no traceback."""
    with pytest.raises(InvalidInput, match=r"patches/etcd\.yaml|kubewright_patches_directory/etcd\.yaml"):
        _config(node_facts, "1.31.0", {"etcd.yaml": text})


def test_the_instances_endpoint_wins_over_patches(node_facts: t.Callable[..., t.Any]) -> None:
    """D9.3: breaks when config.yaml and instance-config.yaml name different sockets: the instance's own is the last patch."""
    patch = {"kubeletconfiguration.yaml": "containerRuntimeEndpoint: unix:///run/other.sock\nmaxPods: 7\n"}
    files = {item.path: item.content for item in phase_files("kubelet_start", _config(node_facts, "1.34.0", patch))}
    written = yaml.safe_load(files["/var/lib/kubelet/config.yaml"])
    assert (written["containerRuntimeEndpoint"], written["maxPods"]) == (ENDPOINT, 7)
    assert files["/var/lib/kubelet/instance-config.yaml"] == f'containerRuntimeEndpoint: "{ENDPOINT}"\n'
    earlier = {item.path: item.content for item in phase_files("kubelet_start", _config(node_facts, "1.33.0", patch))}
    assert (
        yaml.safe_load(earlier["/var/lib/kubelet/config.yaml"])["containerRuntimeEndpoint"] == "unix:///run/other.sock"
    )


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (
            {"op": "remove", "path": "/spec/hostPID"},
            r"operation 2 \(remove /spec/hostPID\) cannot be carried out: only /spec exists",
        ),
        ({"op": "add", "path": "/spec/containers/0/env/-", "value": {}}, "only /spec/containers/0 exists"),
        ({"op": "replace", "path": "/spec/containers/7", "value": {}}, "only /spec/containers exists"),
        ({"op": "move", "from": "/spec/a", "path": "/spec/b"}, r"operation 2 \(move /spec/a\).*only /spec exists"),
        ({"op": "copy", "from": "/x", "path": "/y"}, "nothing of it exists"),
        ({"op": "move", "from": "/spec/containers", "path": "/spec/x/y"}, r"\(move /spec/x/y\).*only /spec exists"),
        ({"op": "test", "path": "/kind", "value": "Job"}, r"operation 2 \(test /kind\) finds another value"),
        ({"op": "increase", "path": "/spec"}, "operation 2 is not one of RFC 6902"),
        ({"op": "add", "path": "spec", "value": 1}, "a path that begins with /"),
        ({"op": "remove", "path": "/a\x1b[31m"}, r"remove /a\\x1b\[31m"),
        ("add", "operation 2 is not one of RFC 6902"),
    ],
)
def test_an_operation_that_cannot_be_carried_out(operation: t.Any, words: str) -> None:
    """Breaks the message: which operation of which file, and how far its path exists."""
    first = {"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}
    item = {"target": "etcd", "type": "json", "patch": [first, operation], "file": "etcd+json.yaml"}
    value = {"kind": "Pod", "metadata": {}, "spec": {"containers": [{"name": "etcd"}]}}
    with pytest.raises(KubewrightError, match=words) as caught:
        patched(value, "etcd", [item], _unread)
    assert str(caught.value).startswith("the patch etcd+json.yaml for etcd: ")


KUBELET = "kubeletconfiguration+merge.yaml"


@pytest.mark.parametrize("kind", ["merge", "strategic"])
def test_the_kubelets_configuration_is_treated_as_the_variable_is(
    node_facts: t.Callable[..., t.Any], kind: str
) -> None:
    """Breaks the kubelet's start: a patch wrote raw what the variable and kubeadm's file convert."""
    text = "systemReserved: {cpu: 1}\nmaxPods: '110'\nfailSwapOn: 'false'\nsyncFrequency: 90s\n"
    config = _config(node_facts, "1.36.0", {f"kubeletconfiguration+{kind}.yaml": text})
    assert patch_problems(config) == []
    [found] = [item for item in phase_files("kubelet_start", config) if item.path.endswith("/config.yaml")]
    document = yaml.safe_load(found.content)
    assert (document["systemReserved"], document["maxPods"], document["failSwapOn"], document["syncFrequency"]) == (
        {"cpu": "1"},
        110,
        False,
        "1m30s",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("imageGCHighThresholdPercent: 200", "imageGCHighThresholdPercent: found 200; allowed: 0 to 100"),
        ("maxPods: many", "maxPods: found 'many'"),
        (
            "maxPods: 9999999999",
            "maxPods: found 9999999999 (integer); allowed: an integer from -2147483648 to 2147483647",
        ),
        ("maxPodz: 1", "maxPodz: found a field unknown to this minor"),
    ],
)
def test_what_the_kubelet_would_refuse(node_facts: t.Callable[..., t.Any], text: str, words: str) -> None:
    """Breaks the kubelet's start; the message names the file."""
    [problem] = patch_problems(_config(node_facts, "1.36.0", {KUBELET: text}))
    assert f"the patch {KUBELET} for kubeletconfiguration: " in problem
    assert words in problem


def test_modes_in_octal_digits(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks what people write: defaultMode: 0644 is 420 to kubeadm's reader, 1:30 is text."""
    text = "spec:\n  volumes:\n  - name: x\n    secret: {secretName: x, defaultMode: 0644}\nmetadata:\n  annotations: {a: 1:30}\n"
    config = _config(node_facts, "1.36.0", {"etcd.yaml": text})
    assert patch_problems(config) == []
    pod = yaml.safe_load(phase_files("etcd", config)[0].content)
    assert [item["secret"]["defaultMode"] for item in pod["spec"]["volumes"] if item["name"] == "x"] == [420]
    assert pod["metadata"]["annotations"]["a"] == "1:30"
