# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What each phase writes: the files of a host and the objects of a cluster, rendered from the resolved configuration."""

from __future__ import annotations

import functools
import hashlib
import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base import network
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import Fault, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import (
    KUBELET_DIR,
    MANIFESTS_DIR,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.kubelet_service import STANDALONE
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config import images
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import SECTIONS, Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents import kubelet
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kube_proxy import (
    kube_proxy_configuration,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._documents.kubeadm_cluster import (
    cluster_configuration,
    cluster_status,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import as_written
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.decode import decoded
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._patches.patches import Checked, patched
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._release.api_types import ROOTS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.component_documents import (
    checked_document,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._resolve.component_rules import kubelet_faults
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod import control_plane
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.etcd import etcd
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.pod import repeated_mounts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.virtual_address import (
    VIRTUAL_ADDRESS,
    virtual_address,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._templates.render import (
    read_document,
    render,
    render_objects,
    to_yaml,
)

Values = dict[str, t.Any]

# Of kubeadm's patches, that for the Deployment of CoreDNS.
_DNS_TARGET = "corednsdeployment"


class HostFile(t.NamedTuple):
    """A file of the host. directory_mode: of its folder, where that is absent."""

    path: str
    content: str
    mode: int
    directory_mode: int


class ApiObject(t.NamedTuple):
    """An object of the API and how it is applied; see C(_api.apply.apply_object)."""

    manifest: Values
    policy: str


def _read_object(config: Config, value: Values) -> Checked:
    """An object in the form in which the API would hold it, and every fault."""
    return decoded(config.release.api_types, ROOTS[value["kind"]], "", value)


def _read_kubelet_configuration(config: Config, value: Values) -> Checked:
    """The same of the kubelet's configuration, which is treated as that of a variable or of kubeadm's file is."""
    release, head = config.release, {key: value[key] for key in ("apiVersion", "kind")}
    checked, faults = checked_document(release.kubelet_fields, "", as_written(value))
    if not faults:
        faults = kubelet_faults(
            "", checked, release.kubelet_allocatable_none_without_qos, release.kubelet_least_log_files
        )
    return {**head, **checked}, [fault._replace(path=fault.path.lstrip(".")) for fault in faults]


def _patched_text(config: Config, target: str, text: str) -> str:
    """A rendered YAML text with the user's patches for a target applied."""
    if not any(patch["target"] == target for patch in config.patches):
        return text
    pod = patched(read_document(text), target, config.patches, functools.partial(_read_object, config))
    for container in pod["spec"]["containers"]:
        # The type of a container writes them always.
        container.setdefault("resources", {})
    return to_yaml(pod)


def _manifest(config: Config, template: str, pod: Values) -> HostFile:
    path = "{}/{}.yaml".format(MANIFESTS_DIR, pod["name"])
    return HostFile(path, _patched_text(config, pod["name"], render(template, pod)), 0o600, 0o700)


def _audit_files(config: Config) -> list[HostFile]:
    audit = config.audit
    if audit is None or audit["policy"] is None:
        return []
    return [HostFile(audit["path"], render("audit/audit.yaml.j2", {"policy": audit["policy"]}), 0o600, 0o700)]


def _etcd_files(config: Config) -> list[HostFile]:
    return [_manifest(config, "etcd/etcd.yaml.j2", etcd(config))] if config.local_etcd is not None else []


_CONTROL_PLANE: tuple[t.Callable[[Config], Values], ...] = (
    control_plane.apiserver,
    control_plane.controller_manager,
    control_plane.scheduler,
)


def _control_plane_file(make: t.Callable[[Config], Values], config: Config) -> HostFile:
    pod = make(config)
    return _manifest(config, "control_plane/{}.yaml.j2".format(pod["name"]), pod)


def _virtual_address_files(config: Config) -> list[HostFile]:
    values = virtual_address(config)
    if values is None:
        return []
    return [HostFile(VIRTUAL_ADDRESS, render("control_plane/kube-vip.yaml.j2", values), 0o600, 0o700)]


def _control_plane_files(config: Config) -> list[HostFile]:
    return [*(_control_plane_file(make, config) for make in _CONTROL_PLANE), *_virtual_address_files(config)]


def mount_faults(config: Config, name_of: t.Callable[[tuple[str, ...]], str]) -> list[Fault]:
    """Volumes that would be mounted where another one is. name_of: what the user calls a setting."""
    faults = []
    for make in _CONTROL_PLANE:
        pod = make(config)
        section = SECTIONS[pod["name"]]
        theirs = {item["name"] for item in (config.cluster.get(section) or {}).get("extraVolumes") or []}
        for place, one, other in repeated_mounts(pod["mounts"]):
            found = f"the volumes {one} and {other} of {pod['name']}, both mounted at {place}"
            wanted = "one volume at each place of a container"
            if theirs & {one, other}:
                setting = name_of(("ClusterConfiguration", section, "extraVolumes"))
                cure = "Mount it elsewhere, or give it the name of the other one, whose place it then takes."
            else:
                setting, cure = name_of(("ClusterConfiguration", "certificatesDir")), "Take a folder of its own."
            faults.append(Fault(setting, found, wanted, cure))
    return faults


def _kubelet_files(config: Config) -> list[HostFile]:
    flags = {"arguments": kubelet.kubelet_arguments(config), "quoted": config.release.kubelet_flags_quoted}
    configuration = patched(
        kubelet.kubelet_configuration(config),
        "kubeletconfiguration",
        config.patches,
        functools.partial(_read_kubelet_configuration, config),
    )
    instance = kubelet.instance_configuration(config)
    # The instance's own configuration is one more patch, over those of the user.
    configuration.update(instance or {})
    content = render("kubelet_start/config.yaml.j2", {"configuration": configuration})
    joined = config.join
    if joined is not None and not config.release.kubelet_config_defaulted_by_join:
        # What the cluster says, to the byte.
        content = str(joined["kubelet"])
    files = [
        HostFile(KUBELET_DIR + "/kubeadm-flags.env", render("kubelet_start/kubeadm-flags.env.j2", flags), 0o644, 0o700),
        HostFile(KUBELET_DIR + "/config.yaml", content, 0o644, 0o700),
    ]
    if config.etcd_host is not None:
        files.append(HostFile(STANDALONE, render("kubelet_start/20-etcd-service-manager.conf.j2", {}), 0o644, 0o755))
    if joined is not None:
        files.insert(0, HostFile(config.kubelet_client_ca, str(joined["ca"]), 0o644, 0o755))
    if instance is not None:
        content = render("kubelet_start/instance-config.yaml.j2", instance)
        files.append(HostFile(KUBELET_DIR + "/instance-config.yaml", content, 0o644, 0o700))
    return files


def configuration_hash(*texts: str) -> str:
    """The mark by which kubeadm knows a component configuration that it made itself: over the ConfigMap's texts by key."""
    return "sha256:" + hashlib.sha256("".join(texts).encode("utf-8")).hexdigest()


def _upload_config_objects(config: Config) -> list[Values]:
    release = config.release
    configuration = kubelet.kubelet_configuration(config, uploaded=True)
    generated = release.component_config_hash and not config.kubelet
    return render_objects(
        "upload_config/objects.yaml.j2",
        {
            "cluster_admins": release.rbac_cluster_admins,
            "cluster_configuration": cluster_configuration(config),
            "cluster_status": cluster_status(config),
            "kubelet_config_map": release.kubelet_config_map,
            "kubelet_configuration": configuration,
            "kubelet_hash": configuration_hash(to_yaml(configuration)) if generated else "",
        },
    )


def _mark_control_plane_objects(config: Config) -> list[Values]:
    return render_objects(
        "mark_control_plane/objects.yaml.j2",
        {
            "node_name": config.node_name,
            "labels": config.release.node_labels,
            "taints": config.taints,
            "cri_socket": config.cri_socket if config.release.cri_socket_annotation else None,
        },
    )


def _bootstrap_token_objects(config: Config) -> list[Values]:
    return render_objects(
        "bootstrap_token/objects.yaml.j2",
        {
            "get_nodes": config.release.rbac_get_nodes,
            "apiserver_kubelet_client": config.release.rbac_apiserver_kubelet_client,
        },
    )


def _coredns_context(config: Config) -> Values:
    release = config.release
    return {
        "anti_affinity": release.coredns_anti_affinity,
        "cache_disable": release.coredns_cache_disable,
        "dropped_capability": release.coredns_dropped_capability,
        "endpointslices": release.coredns_endpointslices,
        "forward": release.coredns_forward,
        "get_nodes": release.coredns_get_nodes,
        "lameduck": release.coredns_lameduck,
        "named_ports": release.coredns_named_ports,
        "node_selector": release.coredns_node_selector,
        "priority_class": release.coredns_priority_class,
        "readiness": release.coredns_readiness,
        "ready_plugin": release.coredns_ready_plugin,
        "service_name_label": release.coredns_service_name_label,
        "tmp_volume": release.coredns_tmp_volume,
        "tolerations": release.coredns_tolerations,
        "ttl": release.coredns_ttl,
        "upstream_line": release.coredns_upstream_line,
    }


def _patched_object(objects: list[Values], kind: str, target: str, config: Config) -> list[Values]:
    read = functools.partial(_read_object, config)
    return [patched(item, target, config.patches, read) if item["kind"] == kind else item for item in objects]


def _dns_objects(config: Config) -> list[Values]:
    context = _coredns_context(config)
    context.update(
        dns_address=config.dns_address,
        dns_domain=config.dns_domain,
        metrics_port=config.release.coredns_metrics_port,
    )
    if not config.uses_kube_dns:
        objects = render_objects("addons/coredns.yaml.j2", dict(context, image=images.coredns_image(config)))
        return _patched_object(objects, "Deployment", _DNS_TARGET, config)
    ipv6 = network.is_ipv6(config.dns_address)
    context.update(
        images=images.kube_dns_images(config),
        replicas=config.release.kube_dns_replicas,
        loopback="::1" if ipv6 else "127.0.0.1",
        probe_loopback="[::1]" if ipv6 else "127.0.0.1",
    )
    return render_objects("addons/kube_dns.yaml.j2", context)


def _kube_proxy_objects(config: Config) -> list[Values]:
    release = config.release
    configuration = to_yaml(kube_proxy_configuration(config)).rstrip("\n")
    # kubeadm writes it in this order of its keys, and its hash is over the text.
    server = {"server": config.control_plane_endpoint}
    kubeconfig = render("addons/kube_proxy_kubeconfig.yaml.j2", server).rstrip("\n")
    environment = []
    if release.kube_proxy_hostname_override:
        environment.append({"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}})
    if release.kube_proxy_env:
        environment += [{"name": name, "value": value} for name, value in config.node["proxy_environment"].items()]
    generated = release.component_config_hash and not config.kube_proxy
    objects = render_objects(
        "addons/kube_proxy.yaml.j2",
        {
            "configuration": configuration,
            "critical_addons_toleration": release.kube_proxy_critical_addons_toleration,
            "critical_pod_annotation": release.kube_proxy_critical_pod_annotation,
            "environment": environment,
            "hash": configuration_hash(configuration, kubeconfig) if generated else "",
            "hostname_override": release.kube_proxy_hostname_override,
            "image": images.component_image(config, "kube-proxy"),
            "kubeconfig": kubeconfig,
            "node_selector": release.kube_proxy_node_selector,
        },
    )
    return _patched_object(objects, "DaemonSet", "kubeproxydaemonset", config)


def _addon_objects(config: Config) -> list[Values]:
    objects: list[Values] = []
    if config.uses_dns and "addon/coredns" not in config.skipped_phases:
        objects += _dns_objects(config)
    if config.uses_kube_proxy and "addon/kube-proxy" not in config.skipped_phases:
        objects += _kube_proxy_objects(config)
    return objects


FILES: t.Mapping[str, t.Callable[[Config], list[HostFile]]] = {
    "audit": _audit_files,
    "control_plane": _control_plane_files,
    "etcd": _etcd_files,
    "kubelet_start": _kubelet_files,
}
OBJECTS: t.Mapping[str, t.Callable[[Config], list[Values]]] = {
    "upload_config": _upload_config_objects,
    "mark_control_plane": _mark_control_plane_objects,
    "bootstrap_token": _bootstrap_token_objects,
    "addons": _addon_objects,
}


def _policy(manifest: Values, config: Config) -> str:
    identity = (manifest["kind"], manifest["metadata"]["name"])
    if manifest["kind"] == "Node":
        return "node"
    if identity == ("ConfigMap", "coredns"):
        # The Corefile is the user's once it is there.
        return "create"
    if identity == ("Deployment", "coredns"):
        # So is the number of its pods, as with kubeadm upgrade, where no patch says it.
        patches = [item["patch"] for item in config.patches if item["target"] == _DNS_TARGET]
        return "replace" if '"replicas"' in json.dumps(patches) else "keep_replicas"
    return "replace"


def patch_problems(config: Config) -> list[str]:
    """Why the user's patches cannot be applied to what they are for: the first problem of each target."""
    attempts: list[t.Callable[[Config], t.Any]] = [
        _etcd_files,
        *(functools.partial(_control_plane_file, make) for make in _CONTROL_PLANE),
        _kubelet_files,
        _dns_objects,
        _kube_proxy_objects,
    ]
    problems = []
    for attempt in attempts:
        try:
            attempt(config)
        except KubewrightError as error:
            problems.append(str(error))
    return problems


def phase_files(phase: str, config: Config) -> list[HostFile]:
    """The files of a phase. KeyError for a phase that writes none."""
    return FILES[phase](config)


def phase_objects(phase: str, config: Config) -> list[ApiObject]:
    """The objects of a phase, in the order of their creation. KeyError for a phase that has none."""
    return [ApiObject(manifest, _policy(manifest, config)) for manifest in OBJECTS[phase](config)]


__all__ = (
    "FILES",
    "OBJECTS",
    "ApiObject",
    "HostFile",
    "configuration_hash",
    "patch_problems",
    "phase_files",
    "phase_objects",
)
