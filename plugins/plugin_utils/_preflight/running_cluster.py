# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""RunningCluster: what a cluster that runs cannot be given by other manifests, because it lies in its data and on its other nodes."""

from __future__ import annotations

import functools
import posixpath
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import static_pod
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.manifests import (
    Manifest,
    read_manifest,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import manifests
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import ERROR, Check

_NAME = "RunningCluster"
_NOTHING = Manifest(None, None)
_MINOR = re.compile(r"v?(\d+\.\d+)\.\d")

Pods = t.Mapping[str, Manifest]


class _Kept(t.NamedTuple):
    """A flag whose value stays. variable: by which it is set. why: what would become of the cluster."""

    component: str
    flag: str
    variable: str
    why: str


_KEPT = (
    _Kept(
        "kube-apiserver",
        "service-cluster-ip-range",
        "kubewright_service_subnet",
        "the services have their addresses, and the API server's certificate has its own",
    ),
    _Kept(
        "kube-controller-manager",
        "cluster-cidr",
        "kubewright_pod_subnet",
        "the nodes have their parts of it, which cannot be changed",
    ),
    _Kept(
        "kube-controller-manager",
        "cluster-name",
        "kubewright_cluster_name",
        "what a cloud provider has made for the cluster bears it",
    ),
    _Kept("etcd", "data-dir", "kubewright_etcd_data_dir", "etcd would begin again with nothing in it"),
    _Kept("etcd", "name", "kubewright_node_name", "the member of etcd and the node bear it"),
)


def _failed(found: str, wanted: str, cure: str) -> Check:
    return Check(_NAME, ERROR, False, found, wanted, cure)


def _kept(running: Pods, declared: Pods) -> t.Iterator[Check]:
    for kept in _KEPT:
        old, new = (pods.get(kept.component, _NOTHING).flags.get(kept.flag) for pods in (running, declared))
        if old and new and old != new:
            yield _failed(
                f"--{kept.flag}={new} declared for {kept.component}",
                f"{old}, with which the cluster runs: {kept.why}",
                f"Set {kept.variable} (or the flag) back, or make a new cluster.",
            )


def _minor(image: str) -> str | None:
    match = _MINOR.match(image.rpartition(":")[2])
    return match.group(1) if match is not None else None


def _version(running: Pods, declared: Pods) -> t.Iterator[Check]:
    old, new = (_minor(pods.get("kube-apiserver", _NOTHING).image) for pods in (running, declared))
    if old and new and old != new:
        yield _failed(
            f"Kubernetes {new} declared",
            f"{old}, which runs: another minor takes more than other manifests",
            "Set kubewright_kubernetes_version back, and upgrade with kubeadm upgrade first.",
        )


def _certificates(config: Config, running: Pods, declared: Pods) -> t.Iterator[Check]:
    old, new = (
        posixpath.dirname(pods.get("kube-apiserver", _NOTHING).flags.get("client-ca-file", ""))
        for pods in (running, declared)
    )
    is_there = config.node.get("ca_key") or config.node.get("external_ca")
    if old and new and old != new and not is_there:
        yield _failed(
            f"the folder {new} declared for certificates, which has no CA",
            f"{old}, with which the cluster runs: another CA would be made, which no node trusts",
            f"Set kubewright_certificates_dir back, or move {old} there before.",
        )


def _etcd(config: Config, running: Pods) -> t.Iterator[Check]:
    servers = running.get("kube-apiserver", _NOTHING).flags.get("etcd-servers")
    # The manifest of a member that joins is written when the others know of it.
    is_joining = config.joined_control_plane is not None
    if servers and config.local_etcd is not None and "etcd" not in running and not is_joining:
        yield _failed(
            "an etcd of this host declared",
            f"{servers}, with which the API server runs: etcd would begin with nothing in it",
            "Set kubewright_etcd_external back, or make a new cluster.",
        )


def _domain(config: Config, domain: str | None) -> t.Iterator[Check]:
    wanted = config.kubelet.get("clusterDomain") or config.dns_domain
    if domain and wanted and domain != wanted:
        yield _failed(
            f"the DNS domain {wanted} declared",
            f"{domain}, with which the cluster runs: its services and the tokens of its service accounts are of it",
            "Set kubewright_dns_domain back, or make a new cluster.",
        )


def _declared(config: Config) -> dict[str, Manifest]:
    files = [file for phase in ("etcd", "control_plane") for file in phase_files(phase, config)]
    pods = {static_pod(file.path): read_manifest(file.content) for file in files}
    return {component: pod for component, pod in pods.items() if component is not None}


def check(config: Config, facts: t.Mapping[str, t.Any]) -> list[Check]:
    """One failure for each thing that cannot be changed; none where no control plane runs here yet. facts: of the manifests."""
    passed = Check(_NAME, ERROR, True, "nothing that cannot be changed", "what the cluster runs with", "")
    if not manifests.is_control_plane(facts):
        return [passed._replace(found="no cluster yet")]
    running = {
        # What was recorded before there were flags has none.
        component: Manifest(**facts["files"][component + ".yaml"])
        for component in manifests.COMPONENTS
        if manifests.is_own(facts, component)
    }
    try:
        declared = _declared(config)
    except KubewrightError:
        # Of patches that cannot be applied, which their phases tell.
        declared = {}
    looks: list[t.Callable[[], t.Iterator[Check]]] = [
        functools.partial(_kept, running, declared),
        functools.partial(_version, running, declared),
        functools.partial(_certificates, config, running, declared),
        functools.partial(_etcd, config, running),
        functools.partial(_domain, config, facts.get("cluster_domain")),
    ]
    return [found for look in looks for found in look()] or [passed]


__all__ = ("check",)
