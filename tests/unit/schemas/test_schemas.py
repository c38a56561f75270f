# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every manifest and API object of every minor against that minor's own schema, which knows no other fields.

The schemas are those of kubernetes-validate. It has none
for KubeletConfiguration, KubeProxyConfiguration and the audit Policy of any minor, nor has Kubernetes published any:
facts/test_component_fields.py holds the fields of the first two, and the parity test what the real kubeadm makes of them.
"""

from __future__ import annotations

import datetime
import functools
import json
import pathlib
import re
import typing as t

import jsonschema
import pytest
import referencing
import yaml
from api_schemas import folder

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.input import read_input
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._render.tree import Secrets, tree
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.resolve import bootstrap_tokens
from facts.ranges import MINORS

MakeConfig = t.Callable[..., t.Any]
Object = dict[str, t.Any]

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
WITHOUT_SCHEMA = ("KubeletConfiguration", "KubeProxyConfiguration", "Policy")


def _volume(name: str) -> dict[str, t.Any]:
    return {
        "name": name,
        "hostPath": "/srv/" + name,
        "mountPath": "/srv/" + name,
        "readOnly": True,
        "pathType": "DirectoryOrCreate",
    }


VARIANTS: dict[str, dict[str, t.Any]] = {
    "defaults": {},
    "much of it": {
        "control_plane_endpoint": "api.example.com:6443",
        "pod_subnet": "10.244.0.0/16",
        "audit": True,
        "apiserver_extra_args": {"profiling": "false"},
        "apiserver_extra_volumes": [_volume("one")],
        "controller_manager_extra_volumes": [_volume("two")],
        "scheduler_extra_volumes": [_volume("three")],
        "etcd_extra_args": {"snapshot-count": "5000"},
        "taints": [{"key": "example.com/a", "value": "b", "effect": "NoSchedule"}],
    },
    "IPv6 and external etcd": {
        "advertise_address": "2001:db8::10",
        "service_subnet": "fd00:1::/112",
        "pod_subnet": "fd00:2::/64",
        "etcd_external": {
            "endpoints": ["https://[2001:db8::20]:2379"],
            "caFile": "/etc/etcd/ca.crt",
            "certFile": "/etc/etcd/tls.crt",
            "keyFile": "/etc/etcd/tls.key",
        },
    },
}


@functools.cache
def _schemas(minor: int) -> pathlib.Path:
    return folder(minor, strict=True)


@functools.cache
def _registry(minor: int) -> referencing.Registry[t.Any]:
    definitions = json.loads((_schemas(minor) / "_definitions.json").read_text(encoding="utf-8"))
    resource = referencing.jsonschema.DRAFT7.create_resource(definitions)
    return t.cast("referencing.Registry[t.Any]", referencing.Registry().with_resource("_definitions.json", resource))


def _without_null_times(value: t.Any) -> t.Any:
    """Kubeadm writes C(creationTimestamp: null) as Go does; API servers take it as absent, the schemas do not."""
    if isinstance(value, dict):
        pairs = ((key, _without_null_times(item)) for key, item in value.items())
        return {key: item for key, item in pairs if (key, item) != ("creationTimestamp", None)}
    return [_without_null_times(item) for item in value] if isinstance(value, list) else value


def _faults(item: Object, minor: int) -> list[str]:
    """What the schema of the minor says against an object. KeyError: the minor has no such kind."""
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", item["apiVersion"])
    path = _schemas(minor) / ("%s-%s.json" % (item["kind"].lower(), group))
    if not path.is_file():
        raise KeyError("%s %s" % (item["apiVersion"], item["kind"]))
    schema = json.loads(path.read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema, registry=_registry(minor))
    return [
        "%s: %s" % ("/".join(map(str, error.path)), error.message)
        for error in validator.iter_errors(_without_null_times(item))
    ]


def _rendered(make_config: MakeConfig, minor: int, variables: dict[str, t.Any]) -> dict[str, Object]:
    read = read_input({"kubewright_bootstrap_tokens": [{"token": "abcdef.0123456789abcdef", "ttl": "24h"}]})
    config = make_config("1.%d.0" % minor, **variables)
    files = tree(config, bootstrap_tokens(read), Secrets(b"CA", []), NOW)
    documents = {
        "%s %d" % (file.path, number): document
        for file in files
        if file.path.startswith(("files/", "objects/")) and file.path.endswith(".yaml")
        for number, document in enumerate(yaml.safe_load_all(file.content))
    }
    return {path: item for path, item in documents.items() if item.get("kind", WITHOUT_SCHEMA[0]) not in WITHOUT_SCHEMA}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("minor", MINORS)
def test_all_that_is_rendered_is_valid(make_config: MakeConfig, minor: int, variant: str) -> None:
    """Breaks a cluster of the minor: it refuses, or silently drops, what it does not know."""
    found = _rendered(make_config, minor, VARIANTS[variant])
    assert {"Pod", "Deployment", "DaemonSet", "ConfigMap", "Secret"} <= {item["kind"] for item in found.values()}
    assert {path: faults for path, item in found.items() if (faults := _faults(item, minor))} == {}


@pytest.mark.parametrize("minor", MINORS)
def test_the_schemas_are_strict(make_config: MakeConfig, minor: int) -> None:
    """Breaks the test above: with schemas that allow anything it could not fail."""
    pods = [item for item in _rendered(make_config, minor, {}).values() if item["kind"] == "Pod"]
    pods[0]["spec"]["hostNetwrok"] = True
    pods[1]["spec"]["containers"][0]["livenessProbe"]["httpGet"]["port"] = []
    assert "hostNetwrok" in _faults(pods[0], minor)[0]
    assert "livenessProbe/httpGet/port" in _faults(pods[1], minor)[0]
    with pytest.raises(KeyError):
        _faults({"apiVersion": "apps/v1", "kind": "Pod"}, minor)
