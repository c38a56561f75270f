# SPDX-License-Identifier: GPL-3.0-or-later
"""The node and the registry, as each test finds them."""

from __future__ import annotations

import typing as t

import pytest
from registry_node import Registry, blank, on_node, registry_of


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Where the registries are."""
    return registry_of()


@pytest.fixture(scope="session")
def containerd() -> None:
    """containerd looks for the settings of registries in certs.d from now on."""
    on_node(
        r"""
        if ! containerd config dump 2>/dev/null | grep -q 'config_path = .*/etc/containerd/certs.d'; then
          plugin=io.containerd.grpc.v1.cri
          grep -Eq '^version *= *3' /etc/containerd/config.toml && plugin=io.containerd.cri.v1.images
          printf '\n[plugins."%s".registry]\n  config_path = "/etc/containerd/certs.d"\n' "$plugin" \
            >>/etc/containerd/config.toml
          systemctl restart containerd
          for i in $(seq 100); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done
        fi
        containerd config dump | grep -q 'config_path = .*/etc/containerd/certs.d'
        """
    )


@pytest.fixture
def empty(containerd: None) -> t.Iterator[None]:
    """A node whose runtime has no images and knows of no registry."""
    blank()
    yield
    on_node("rm -rf /etc/containerd/certs.d")
