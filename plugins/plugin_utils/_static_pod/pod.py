# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the four static pods have in common: the values that their one template writes."""

from __future__ import annotations

import math
import posixpath
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

Values = dict[str, t.Any]

CONTROL_PLANE_TIMEOUT = "controlPlaneComponentHealthCheck"


def volume(name: str, path: str, kind: str, read_only: bool, mount_path: str | None = None) -> Values:
    """A hostPath volume with its mount. kind: the hostPath type, C("") for none."""
    return {"name": name, "hostPath": path, "mountPath": mount_path or path, "pathType": kind, "readOnly": read_only}


def with_extra_volumes(volumes: t.Sequence[Values], extra: t.Sequence[Values] | None) -> list[Values]:
    """The built-in volumes and the user's, by name; the user's replaces a built-in of the same name."""
    merged = {item["name"]: item for item in volumes}
    for item in extra or ():
        merged[item["name"]] = volume(
            item["name"], item["hostPath"], item.get("pathType") or "", bool(item.get("readOnly")), item["mountPath"]
        )
    return [merged[name] for name in sorted(merged)]


def repeated_mounts(mounts: t.Sequence[Values]) -> list[tuple[str, str, str]]:
    """Of the mounts of a container, those at a place where another one is, which the kubelet refuses: the place, and the names of both."""
    seen: dict[str, str] = {}
    found = []
    for item in mounts:
        place = str(item["mountPath"])
        if place in seen:
            found.append((place, seen[place], str(item["name"])))
        seen.setdefault(place, str(item["name"]))
    return found


def environment_variable(given: Values) -> Values:
    """One of the user's extraEnvs as the API has it: an empty value is none, and a field is one of version v1."""
    result = {key: value for key, value in given.items() if value != ""}
    field = (result.get("valueFrom") or {}).get("fieldRef")
    if field is not None:
        result["valueFrom"] = dict(result["valueFrom"], fieldRef={"apiVersion": "v1", **field})
    return result


def environment(config: Config, extra: t.Sequence[Values] | None, with_proxy: bool = True) -> list[Values]:
    """The proxy variables of the run, as kubeadm copies them (but for etcd), with the user's extraEnvs over them."""
    merged: dict[str, Values] = {}
    for name, value in config.node["proxy_environment"].items() if with_proxy else ():
        merged[name] = {"name": name, "value": value}
    for item in extra or ():
        merged[item["name"]] = environment_variable(item)
    names = sorted(merged) if config.release.extra_envs_sorted else list(merged)
    return [merged[name] for name in names]


def _is_above(path: str, folder: str) -> bool:
    """Whether a folder is made by the time that the manifests are, because another one is made in it."""
    return (folder + "/").startswith(path + "/")


def ca_directories(config: Config) -> list[Values]:
    """The CA folders of the distribution that are there on the host, as volumes."""
    return [
        volume(path.lstrip("/").replace("/", "-"), path, "DirectoryOrCreate", True)
        for path in config.release.ca_directories
        if path in config.node["directories"] or _is_above(path, config.certificates_dir)
    ]


def http_probe(config: Config, host: str | None, port: int, path: str, scheme: str) -> Values:
    """An httpGet; an empty host is left out."""
    probe: Values = {
        "path": path,
        "port": "probe-port" if config.release.named_probe_port else port,
        "scheme": scheme,
    }
    if host:
        probe["host"] = host
    return {"httpGet": probe}


def probe_timings(config: Config, kind: str) -> Values:
    """The numbers of a probe of kind liveness, readiness or startup."""
    if not config.release.startup_probe:
        return {"failureThreshold": 8, "initialDelaySeconds": 15, "timeoutSeconds": 15}
    if kind == "readiness":
        return {"failureThreshold": 3, "periodSeconds": 1, "timeoutSeconds": 15}
    failures = 8
    if kind == "startup":
        failures = math.ceil(config.timeout(CONTROL_PLANE_TIMEOUT) / 10)
    return {"failureThreshold": failures, "initialDelaySeconds": 10, "periodSeconds": 10, "timeoutSeconds": 15}


def static_pod(
    config: Config,
    *,
    name: str,
    image: str,
    command: list[str],
    volumes: list[Values],
    probes: t.Mapping[str, Values],
    requests: t.Mapping[str, str],
    annotations: t.Mapping[str, str] | None = None,
    environ: list[Values] | None = None,
    probe_port: int | None = None,
    mounts: list[Values] | None = None,
) -> Values:
    """The values of the template for one component.

    probes: an httpGet or exec by kind (C(liveness), C(readiness), C(startup)); the timings are added here.
    mounts: the volumes in the order of their mounts, where that differs from the order of the volumes.
    """
    release = config.release
    merged_annotations = dict(annotations or {})
    if release.critical_pod_annotation:
        merged_annotations["scheduler.alpha.kubernetes.io/critical-pod"] = ""
    return {
        "name": name,
        "image": image,
        "command": command,
        "annotations": merged_annotations,
        "creation_timestamp_null": release.creation_timestamp_null,
        "environment": environ or [],
        "probes": {f"{kind}Probe": dict(probe, **probe_timings(config, kind)) for kind, probe in probes.items()},
        "ports": [{"containerPort": probe_port, "name": "probe-port", "protocol": "TCP"}]
        if release.named_probe_port and probe_port
        else [],
        "priority": release.pod_priority,
        "priority_class": release.pod_priority_class,
        "requests": dict(requests),
        "seccomp": release.pod_seccomp,
        "volumes": volumes,
        "mounts": mounts if mounts is not None else volumes,
    }


def etcd_certificate_directories(config: Config) -> list[str]:
    """The folders of an external etcd's certificates that the API server's pod does not mount yet, parents only."""
    external = config.external_etcd or {}
    mounted = (*config.release.ca_directories, "/etc/ssl/certs", config.certificates_dir)
    found = {posixpath.dirname(external.get(key) or "") for key in ("caFile", "certFile", "keyFile")}
    result: list[str] = []
    for path in sorted(path for path in found if path and not path.startswith(mounted)):
        if not any(path.startswith(parent) for parent in result):
            result.append(path)
    return result


__all__ = (
    "ca_directories",
    "environment",
    "environment_variable",
    "etcd_certificate_directories",
    "http_probe",
    "repeated_mounts",
    "static_pod",
    "volume",
    "with_extra_volumes",
)
