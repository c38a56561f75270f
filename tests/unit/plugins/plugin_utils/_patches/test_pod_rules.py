# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused of a pod whose fields are of the right types."""

from __future__ import annotations

import copy
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.pod_rules import pod_problems
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.shape import pod_spec
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import (
    phase_files,
    phase_objects,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import read_document

CONTAINER: dict[str, t.Any] = {
    "name": "a",
    "image": "x",
    "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    "livenessProbe": {"httpGet": {"port": 1}, "periodSeconds": 5},
    "ports": [{"containerPort": 80}],
    "resources": {"requests": {"cpu": "100m"}, "claims": [{"name": "x"}]},
}
SPEC: dict[str, t.Any] = {
    "containers": [CONTAINER],
    "volumes": [{"name": "data", "hostPath": {"path": "/data"}}, {"name": "empty"}],
    "restartPolicy": "Always",
}
MOUNT = {"name": "data", "mountPath": "/data"}


def test_a_sound_pod() -> None:
    """Breaks patches that are right."""
    assert pod_problems(SPEC) == []
    assert pod_problems({**SPEC, "restartPolicy": "Never", "initContainers": [{**CONTAINER, "name": "b"}]}) == []
    assert pod_problems({}) == []


@pytest.mark.parametrize("minor", range(12, 38))
def test_what_is_rendered(make_config: t.Callable[..., Config], minor: int) -> None:
    """Breaks every patch of a minor: what it changes would be refused as it is."""
    config = make_config(f"1.{minor}.0")
    manifests = [
        read_document(file.content) for phase in ("etcd", "control_plane") for file in phase_files(phase, config)
    ]
    manifests += [item.manifest for item in phase_objects("addons", config)]
    specs = [(item["kind"], pod_spec(item)) for item in manifests if item["kind"] in ("Pod", "Deployment", "DaemonSet")]
    assert len(specs) == 6
    assert [pod_problems(spec, kind) for kind, spec in specs] == [[]] * 6


@pytest.mark.parametrize(
    ("container", "words"),
    [
        ({"name": None}, "containers[0] would have no name"),
        ({"image": ""}, "containers[0] would have no image"),
        ({"volumeMounts": [MOUNT, {**MOUNT, "name": "empty"}]}, "containers[0]: a mount at /data would be there twice"),
        ({"volumeMounts": [{"name": "other", "mountPath": "/x"}]}, "would mount the volume other, which is not there"),
        ({"ports": [{"containerPort": 70000}]}, "containers[0].ports[0].containerPort would be 70000"),
        ({"ports": [{"containerPort": 80, "hostPort": -1}]}, "containers[0].ports[0].hostPort would be -1"),
        ({"livenessProbe": {"periodSeconds": 5}}, "containers[0].livenessProbe would have 0 of"),
        ({"startupProbe": {"exec": {}, "httpGet": {}}}, "containers[0].startupProbe would have 2 of"),
        ({"resources": {"limits": {"cpu": "-1"}}}, "containers[0].resources.limits.cpu would be less than nothing"),
    ],
)
@pytest.mark.parametrize("where", ["containers", "initContainers"])
def test_a_container_that_is_refused(container: dict[str, t.Any], words: str, where: str) -> None:
    """Breaks the control plane: the kubelet drops such a pod, and says so in its log only."""
    spec = copy.deepcopy(SPEC)
    spec[where] = [{**CONTAINER, "name": "b", **container}]
    [problem] = pod_problems(spec)
    assert words.replace("containers", where) in problem


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("", {"volumes": [*SPEC["volumes"], {"name": "data"}]}, "the volume data would be there twice"),
        ("", {"volumes": [{"name": "data", "hostPath": {}, "emptyDir": {}}]}, "would be made of emptyDir and hostPath"),
        ("", {"initContainers": [CONTAINER]}, "the container a would be there twice"),
        (
            "",
            {"restartPolicy": "Sometimes"},
            "restartPolicy would be Sometimes: allowed is Always or OnFailure or Never",
        ),
        ("Deployment", {"restartPolicy": "Never"}, "restartPolicy would be Never: allowed is Always"),
    ],
)
def test_a_pod_that_is_refused(kind: str, changes: dict[str, t.Any], words: str) -> None:
    """Breaks the control plane, or the addon, whose patch makes such a pod."""
    [problem] = pod_problems({**SPEC, **changes}, kind)
    assert words in problem
