# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of kubelets for serving certificates, against an API in memory."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from serving_requests_made import csr, request

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import serving_requests as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.client import ApiError
from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

NOW = datetime.datetime(2026, 11, 30, tzinfo=datetime.timezone.utc)
NODE = subject.Node("worker1", ("192.0.2.11",))
V1 = "/apis/certificates.k8s.io/v1/certificatesigningrequests"


class _Api:
    """Requests, in one version of the API."""

    def __init__(self, *items: dict[str, t.Any], path: str = V1) -> None:
        self.items, self.path, self.patches = list(items), path, t.cast("list[tuple[str, t.Any]]", [])

    def request(self, method: str, path: str, body: t.Any = None, query: t.Any = None) -> dict[str, t.Any]:
        """See Client.request."""
        if method == "PATCH":
            self.patches.append((path, body))
            return {}
        if path != self.path:
            raise ApiError(404, "not found")
        return {"items": self.items}


def test_what_fits_is_approved() -> None:
    """Breaks the kubelet's certificate: its request stays undecided, or a decision of others is lost."""
    api = _Api(csr("a", request()))
    found = subject.look(api, NODE)
    assert (list(found.fit), found.foreign) == (["a"], {})
    subject.approve(api, found, NOW)
    ((path, body),) = api.patches
    assert path == f"{V1}/a/approval"
    assert body["metadata"] == {"resourceVersion": "7"}
    (condition,) = body["status"]["conditions"]
    assert (condition["type"], condition["status"]) == ("Approved", "True")


@pytest.mark.parametrize(
    "item",
    [
        csr("a", request(), username="system:node:worker2"),
        csr("a", request(), signerName="kubernetes.io/kube-apiserver-client-kubelet"),
        csr("a", request(), usages=["client auth"]),
        dict(csr("a", request()), status={"conditions": [{"type": "Denied"}]}),
        dict(csr("a", request()), status={"certificate": "x"}),
    ],
)
def test_what_is_not_looked_at(item: dict[str, t.Any]) -> None:
    """Breaks others' requests, and decisions of people."""
    found = subject.look(_Api(item), NODE)
    assert (found.fit, found.foreign) == ({}, {})


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (csr("a", request(addresses=("192.0.2.12",))), "192.0.2.12"),
        (csr("a", request(), groups=["system:authenticated"]), "no node"),
        (csr("a", b"damaged"), "cannot be read"),
        (csr("a", request(), request="?"), "cannot be read"),
    ],
)
def test_what_does_not_fit(item: dict[str, t.Any], words: str) -> None:
    """Breaks the cluster: it is approved; or a person is not told."""
    found = subject.look(_Api(item), NODE)
    assert found.fit == {}
    assert words in found.foreign["a"]


def test_older_versions() -> None:
    """Breaks 1.12 to 1.18, whose requests are v1beta1 and name no signer."""
    item = csr("a", request())
    del item["spec"]["signerName"]
    path = V1.replace("/v1/", "/v1beta1/")
    found = subject.look(_Api(item, path=path), NODE)
    assert (found.path, list(found.fit)) == (path, ["a"])
    with pytest.raises(KubewrightError, match="knows no requests"):
        subject.look(_Api(path="/elsewhere"), NODE)


def test_it_is_waited_for() -> None:
    """Breaks the first run: the kubelet asks some seconds after it has started."""
    api, slept = _Api(), t.cast("list[float]", [])

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            api.items.append(csr("a", request()))

    # One is left of the kubelet that was there before.
    api.items.append(csr("old", request(addresses=("192.0.2.99",))))
    assert list(subject.wait(api, NODE, 9.0, sleep, lambda: sum(slept)).fit) == ["a"]
    with pytest.raises(KubewrightError, match=r"fits its host after 9 s \(it has not asked\)"):
        subject.wait(_Api(), NODE, 9.0, sleep, lambda: sum(slept))


def test_the_addresses_of_others_are_not_the_hosts_own() -> None:
    """Breaks the cluster: a host that somebody has taken gives itself the address of a Service, and serves in its name."""

    def node(name: str, address: str) -> dict[str, t.Any]:
        return {"metadata": {"name": name}, "status": {"addresses": [{"type": "InternalIP", "address": address}]}}

    api = _Api(node("worker1", "192.0.2.11"), node("cp1", "192.0.2.10"), path="/api/v1/nodes")
    given = ["127.0.0.1", "::1", "10.96.0.1", "fd00:96::1", "192.0.2.10", "192.0.2.11", "2001:db8::11"]
    assert subject.own_alone(api, ["10.96.0.0/16", "fd00:96::/108"], "worker1", given) == ["192.0.2.11", "2001:db8::11"]
