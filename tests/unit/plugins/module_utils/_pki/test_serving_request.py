# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a kubelet asks for."""

from __future__ import annotations

import typing as t

import pytest
from serving_requests_made import USAGES, request

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.serving_request import foreign, read

ADDRESSES = ("192.0.2.11", "2001:db8::11")


@pytest.mark.parametrize("addresses", [("192.0.2.11",), ("192.0.2.11", "2001:db8:0::11"), ()])
def test_one_that_fits(addresses: tuple[str, ...]) -> None:
    """Breaks logs and metrics: a kubelet never gets its certificate."""
    assert foreign(read(request(addresses=addresses)), USAGES, "worker1", ADDRESSES) == ""


@pytest.mark.parametrize(
    ("given", "usages", "words"),
    [
        ({"common_name": "system:node:worker2"}, USAGES, "its subject is system:nodes, system:node:worker2"),
        ({"organization": "system:masters"}, USAGES, "its subject is system:masters"),
        ({"names": ("kubernetes.default",)}, USAGES, "it asks for kubernetes.default, which the host"),
        ({"addresses": ("10.96.0.1",)}, USAGES, "it asks for 10.96.0.1"),
        ({"mail": "root@example.com"}, USAGES, "root@example.com"),
        ({"names": (), "addresses": ()}, USAGES, "it asks for no name"),
        ({}, ("server auth", "client auth"), "not for serving alone"),
        ({}, ("digital signature",), "not for serving alone"),
    ],
)
def test_one_that_does_not(given: dict[str, t.Any], usages: tuple[str, ...], words: str) -> None:
    """Breaks the cluster: a node that somebody has taken serves under another name, and what is sent there is read."""
    assert words in foreign(read(request(**given)), usages, "worker1", ADDRESSES)


@pytest.mark.parametrize("pem", [b"", b"damaged", request()[:200]])
def test_damage(pem: bytes) -> None:
    """Breaks with a traceback."""
    with pytest.raises(KubewrightError, match="cannot be read"):
        read(pem)
