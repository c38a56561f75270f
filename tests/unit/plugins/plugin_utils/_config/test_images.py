# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Image names."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config import images
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

MakeConfig = t.Callable[..., Config]

GOLDEN = {
    "1.12.2": [
        "k8s.gcr.io/kube-apiserver:v1.12.2",
        "k8s.gcr.io/kube-controller-manager:v1.12.2",
        "k8s.gcr.io/kube-scheduler:v1.12.2",
        "k8s.gcr.io/kube-proxy:v1.12.2",
        "k8s.gcr.io/pause:3.1",
        "k8s.gcr.io/etcd:3.2.24",
        "k8s.gcr.io/coredns:1.2.2",
    ],
    "1.37.0": [
        "registry.k8s.io/kube-apiserver:v1.37.0",
        "registry.k8s.io/kube-controller-manager:v1.37.0",
        "registry.k8s.io/kube-scheduler:v1.37.0",
        "registry.k8s.io/kube-proxy:v1.37.0",
        "registry.k8s.io/coredns/coredns:v1.14.6",
        "registry.k8s.io/pause:3.10.2",
        "registry.k8s.io/etcd:3.7.0-0",
    ],
}


@pytest.mark.parametrize("version", GOLDEN)
def test_all_images(make_config: MakeConfig, version: str) -> None:
    """K3: breaks when an image of the list is missing, renamed or out of kubeadm's order."""
    assert images.images(make_config(version)) == GOLDEN[version]


@pytest.mark.parametrize(("version", "left_out"), [("1.30.0", False), ("1.31.0", True)])
@pytest.mark.parametrize("phase", ["addon/coredns", "addon/kube-proxy", "addon"])
def test_a_skipped_addon_needs_no_image(make_config: MakeConfig, version: str, left_out: bool, phase: str) -> None:
    """Breaks when an image is pulled that nothing runs, or when an older minor pulls less than its kubeadm."""
    found = images.images(make_config(version, skip_phases=[phase]))
    for name in ("coredns", "kube-proxy"):
        skipped = phase in ("addon", "addon/" + name)
        assert any(f"/{name}:" in image for image in found) is not (skipped and left_out)


@pytest.mark.parametrize(
    ("version", "variables", "image"),
    [
        ("1.20.0", {}, "k8s.gcr.io/coredns:1.7.0"),
        ("1.21.0", {}, "k8s.gcr.io/coredns/coredns:v1.8.0"),
        ("1.21.1", {"image_repository": "r.example/k8s"}, "r.example/k8s/coredns/coredns:v1.8.0"),
        ("1.21.2", {"image_repository": "r.example/k8s"}, "r.example/k8s/coredns:v1.8.0"),
        ("1.20.0", {"image_repository": "r.example/k8s"}, "r.example/k8s/coredns:1.7.0"),
        ("1.31.0", {"image_repository": "r.example/k8s"}, "r.example/k8s/coredns:v1.11.1"),
        ("1.31.0", {"image_repository": "registry.k8s.io"}, "registry.k8s.io/coredns/coredns:v1.11.1"),
        ("1.31.0", {"dns_image_repository": "dns.example"}, "dns.example/coredns:v1.11.1"),
        ("1.31.0", {"dns_image_tag": "v9"}, "registry.k8s.io/coredns/coredns:v9"),
        ("1.24.8", {}, "k8s.gcr.io/coredns/coredns:v1.8.6"),
        ("1.24.9", {}, "registry.k8s.io/coredns/coredns:v1.8.6"),
    ],
)
def test_coredns_path(make_config: MakeConfig, version: str, variables: dict[str, str], image: str) -> None:
    """D1.3: breaks when the folder of CoreDNS in the registry is nested where it is not, or not where it is."""
    assert images.coredns_image(make_config(version, **variables)) == image


@pytest.mark.parametrize(
    ("variables", "image"),
    [
        ({}, "registry.k8s.io/etcd:3.5.15-0"),
        ({"image_repository": "r.example"}, "r.example/etcd:3.5.15-0"),
        ({"image_repository": "r.example", "etcd_image_repository": "e.example/x"}, "e.example/x/etcd:3.5.15-0"),
        ({"etcd_image_tag": "3.5.24-0"}, "registry.k8s.io/etcd:3.5.24-0"),
    ],
)
def test_etcd_image(make_config: MakeConfig, variables: dict[str, str], image: str) -> None:
    """Breaks when etcd's own registry or tag does not win over the general one."""
    assert images.etcd_image(make_config("1.31.0", **variables)) == image


def test_external_etcd_needs_no_etcd_image(make_config: MakeConfig) -> None:
    """Breaks when an image is pulled that nothing runs."""
    config = make_config("1.31.0", etcd_external={"endpoints": ["http://192.0.2.5:2379"]})
    assert not [image for image in images.images(config) if "/etcd:" in image]


def test_kube_dns_needs_three_images(make_config: MakeConfig) -> None:
    """K3: breaks when kube-dns lacks one of its containers' images or CoreDNS is pulled beside it."""
    assert images.images(make_config("1.12.0", dns_type="kube-dns"))[-3:] == [
        "k8s.gcr.io/k8s-dns-kube-dns:1.14.13",
        "k8s.gcr.io/k8s-dns-sidecar:1.14.13",
        "k8s.gcr.io/k8s-dns-dnsmasq-nanny:1.14.13",
    ]


def test_a_build_suffix_becomes_a_valid_tag(make_config: MakeConfig) -> None:
    """K3: breaks versions with a plus sign, which no tag may have."""
    assert images.component_image(make_config("1.31.4+vendor.1"), "kube-proxy").endswith(":v1.31.4_vendor.1")
