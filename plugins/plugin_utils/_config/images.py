# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The images of a control plane, by name and tag."""

from __future__ import annotations

import re

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

_NOT_IN_TAG = re.compile(r"[^-a-zA-Z0-9_.]")


def component_image(config: Config, component: str) -> str:
    """The image of kube-apiserver, kube-controller-manager, kube-scheduler or kube-proxy.

    One image may stand for all of them: unifiedControlPlaneImage of 1.12, useHyperKubeImage of 1.13 to 1.21.
    """
    unified = config.cluster.get("unifiedControlPlaneImage")
    if unified:
        return str(unified)
    if config.cluster.get("useHyperKubeImage"):
        component = "hyperkube"
    return "{}/{}:{}".format(config.cluster["imageRepository"], component, _NOT_IN_TAG.sub("_", config.version))


def pause_image(config: Config) -> str:
    """The image of the pod sandbox."""
    return "{}/pause:{}".format(config.cluster["imageRepository"], config.release.pause_tag)


def etcd_tag(config: Config) -> str:
    """The tag of the etcd image: the user's, else the minor's."""
    return str((config.local_etcd or {}).get("imageTag") or config.release.etcd_tag)


def etcd_image(config: Config) -> str:
    """The image of the etcd static pod."""
    repository = (config.local_etcd or {}).get("imageRepository") or config.cluster["imageRepository"]
    return f"{repository}/etcd:{etcd_tag(config)}"


def coredns_image(config: Config) -> str:
    """The image of CoreDNS.

    Since 1.21 it lies one folder deeper in the default repository; in a user's repository only in 1.21.0 and 1.21.1.
    """
    dns = config.cluster.get("dns") or {}
    tag = dns.get("imageTag") or config.release.coredns_tag
    if dns.get("imageRepository"):
        return "{}/coredns:{}".format(dns["imageRepository"], tag)
    repository = config.cluster["imageRepository"]
    default = repository == config.release.image_repository
    release = config.release
    nested = release.coredns_nested_path if default else release.coredns_nested_path_for_custom_repository
    return "{}/coredns{}:{}".format(repository, "/coredns" if nested else "", tag)


def kube_dns_images(config: Config) -> dict[str, str]:
    """The three images of kube-dns by container name."""
    dns = config.cluster.get("dns") or {}
    repository = dns.get("imageRepository") or config.cluster["imageRepository"]
    tag = dns.get("imageTag") or config.release.kube_dns_tag
    names = {"kubedns": "k8s-dns-kube-dns", "sidecar": "k8s-dns-sidecar", "dnsmasq": "k8s-dns-dnsmasq-nanny"}
    return {container: f"{repository}/{name}:{tag}" for container, name in names.items()}


def images(config: Config) -> list[str]:
    """Every image that init needs, in kubeadm's order; of a host of an external etcd those of etcd alone."""
    if config.etcd_host is not None:
        return [pause_image(config), etcd_image(config)]
    components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]
    if config.uses_kube_proxy:
        components.append("kube-proxy")
    result = list(dict.fromkeys(component_image(config, component) for component in components))
    pause = pause_image(config)
    etcd = [etcd_image(config)] if config.local_etcd is not None else []
    dns: list[str] = []
    if config.uses_dns:
        dns = list(kube_dns_images(config).values()) if config.uses_kube_dns else [coredns_image(config)]
    virtual = [str(config.virtual_address["image"])] if config.virtual_address is not None else []
    if config.release.dns_images_first:
        return [*result, *dns, pause, *etcd, *virtual]
    return [*result, pause, *etcd, *dns, *virtual]


__all__ = ("component_image", "coredns_image", "etcd_image", "etcd_tag", "images", "kube_dns_images", "pause_image")
