# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""kubeadm's own documents in the API version of each minor."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config, pairs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import default_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.control_plane import (
    apiserver_extra_args,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._static_pod.pod import environment_variable

Values = dict[str, t.Any]


def _present(values: Values) -> Values:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _without_false(volume: Values) -> Values:
    return _present({key: value for key, value in volume.items() if value is not False})


def _extra_args(config: Config, section: str) -> list[tuple[str, str]]:
    if section == "apiServer":
        return apiserver_extra_args(config)
    return pairs(config.component(section).get("extraArgs"))


def _old_volumes(volumes: t.Sequence[Values] | None) -> list[Values]:
    """extraVolumes of v1alpha3, which knows C(writable) in place of C(readOnly)."""
    result = []
    for volume in volumes or ():
        item = _present({key: volume.get(key) for key in ("name", "hostPath", "mountPath", "pathType")})
        if not volume.get("readOnly"):
            item["writable"] = True
        result.append(item)
    return result


def _component(config: Config, section: str) -> Values:
    found = config.component(section)
    arguments = _extra_args(config, section)
    as_list = config.release.config_api == "v1beta4"
    values: Values = {
        "extraArgs": [{"name": name, "value": value} for name, value in arguments] if as_list else dict(arguments),
        "extraVolumes": [_without_false(volume) for volume in found.get("extraVolumes") or ()],
    }
    if as_list:
        values["extraEnvs"] = [environment_variable(item) for item in found.get("extraEnvs") or ()]
    return _present(values)


def _etcd(config: Config, section: Values) -> Values:
    external = config.external_etcd
    if external is not None:
        values = {key: external.get(key) or "" for key in ("caFile", "certFile", "keyFile")}
        values["endpoints"] = external["endpoints"]
        if config.release.etcd_http_endpoints:
            values["httpEndpoints"] = external.get("httpEndpoints") or external["endpoints"]
        return {"external": values}
    local = config.local_etcd or {}
    values = {
        "dataDir": local["dataDir"],
        "imageRepository": local.get("imageRepository"),
        "imageTag": local.get("imageTag"),
    }
    values.update({key: local.get(key) for key in ("serverCertSANs", "peerCertSANs")})
    arguments = pairs(local.get("extraArgs"))
    if config.release.config_api == "v1beta4":
        values["extraArgs"] = [{"name": name, "value": value} for name, value in arguments]
        values["extraEnvs"] = [environment_variable(item) for item in local.get("extraEnvs") or ()]
    else:
        values["extraArgs"] = dict(arguments)
    return {"local": _present(values)}


def _v1alpha3(config: Config) -> Values:
    cluster = config.cluster
    audit = config.audit or {}
    local = config.local_etcd
    if local is None:
        etcd = _etcd(config, cluster)
    else:
        values = _present({key: local.get(key) for key in ("serverCertSANs", "peerCertSANs")})
        arguments = dict(pairs(local.get("extraArgs")))
        image = ""
        if local.get("imageRepository") or local.get("imageTag"):
            image = "{}/etcd:{}".format(
                local.get("imageRepository") or cluster["imageRepository"],
                local.get("imageTag") or config.release.etcd_tag,
            )
        etcd = {
            "local": dict(
                values, dataDir=local["dataDir"], image=image, **({"extraArgs": arguments} if arguments else {})
            )
        }
    document: Values = {
        "auditPolicy": {
            "logDir": audit.get("logDir", default_of(targets.AUDIT_LOG_DIR)),
            "logMaxAge": audit.get("logMaxAge", default_of(targets.AUDIT_LOG_MAX_AGE)),
            "path": audit.get("path", ""),
        },
        "certificatesDir": config.certificates_dir,
        "clusterName": config.cluster_name,
        "controlPlaneEndpoint": cluster.get("controlPlaneEndpoint") or "",
        "etcd": etcd,
        "imageRepository": cluster["imageRepository"],
        "kubernetesVersion": config.version,
        "networking": {
            "dnsDomain": config.dns_domain,
            "podSubnet": config.pod_subnet,
            "serviceSubnet": config.service_subnet,
        },
        "unifiedControlPlaneImage": cluster.get("unifiedControlPlaneImage") or "",
    }
    gates = dict(cluster.get("featureGates") or {})
    if config.audit is not None:
        gates["Auditing"] = True
    if config.uses_kube_dns:
        gates["CoreDNS"] = False
    optional: Values = {"featureGates": gates, "apiServerCertSANs": config.component("apiServer").get("certSANs")}
    for section in ("apiServer", "controllerManager", "scheduler"):
        optional[section + "ExtraArgs"] = dict(_extra_args(config, section))
        optional[section + "ExtraVolumes"] = _old_volumes(config.component(section).get("extraVolumes"))
    document.update(_present(optional))
    return document


def _dns(config: Config) -> Values:
    dns = config.cluster.get("dns") or {}
    values = _present({"imageRepository": dns.get("imageRepository"), "imageTag": dns.get("imageTag")})
    if config.release.stored_dns_type:
        values["type"] = "kube-dns" if config.uses_kube_dns else "CoreDNS"
    if not config.uses_dns:
        values["disabled"] = True
    return values


def cluster_configuration(config: Config) -> Values:
    """The ClusterConfiguration that lies in the ConfigMap kubeadm-config, in the API version that the minor writes."""
    release, cluster = config.release, config.cluster
    api = release.config_api
    head = {"apiVersion": "kubeadm.k8s.io/" + api, "kind": "ClusterConfiguration"}
    if api == "v1alpha3":
        return dict(_v1alpha3(config), **head)
    api_server = _component(config, "apiServer")
    if config.component("apiServer").get("certSANs"):
        api_server["certSANs"] = list(config.component("apiServer")["certSANs"])
    if release.stored_timeout_for_control_plane:
        api_server["timeoutForControlPlane"] = config.init["timeouts"]["controlPlaneComponentHealthCheck"]
    networking = {
        "dnsDomain": config.dns_domain,
        "podSubnet": config.pod_subnet,
        "serviceSubnet": config.service_subnet,
    }
    document: Values = dict(
        head,
        apiServer=api_server,
        certificatesDir=config.certificates_dir,
        clusterName=config.cluster_name,
        controllerManager=_component(config, "controllerManager"),
        dns=_dns(config),
        etcd=_etcd(config, cluster),
        imageRepository=cluster["imageRepository"],
        kubernetesVersion=config.version,
        networking=networking,
        scheduler=_component(config, "scheduler"),
    )
    if release.stored_empty_strings:
        document["controlPlaneEndpoint"] = cluster.get("controlPlaneEndpoint") or ""
    else:
        document["networking"] = _present(networking)
        if cluster.get("controlPlaneEndpoint"):
            document["controlPlaneEndpoint"] = cluster["controlPlaneEndpoint"]
    if cluster.get("featureGates"):
        document["featureGates"] = dict(cluster["featureGates"])
    if cluster.get("useHyperKubeImage"):
        document["useHyperKubeImage"] = True
    if api == "v1beta4":
        document["proxy"] = {} if config.uses_kube_proxy else {"disabled": True}
        for key in ("encryptionAlgorithm", "certificateValidityPeriod", "caCertificateValidityPeriod"):
            document[key] = cluster[key]
    return document


def cluster_status(config: Config) -> Values | None:
    """The ClusterStatus beside it, or None in minors that have none any more."""
    if not config.release.cluster_status:
        return None
    return {
        "apiEndpoints": {
            config.node_name: {"advertiseAddress": config.advertise_address, "bindPort": config.bind_port}
        },
        "apiVersion": "kubeadm.k8s.io/" + config.release.config_api,
        "kind": "ClusterStatus",
    }


__all__ = ("cluster_configuration", "cluster_status")
