# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubelet_csr_approve against an API in memory."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule
from serving_requests_made import csr, request

from ansible_collections.kubewright.control_plane.plugins.module_utils._running.static_pod import StaticPod
from ansible_collections.kubewright.control_plane.plugins.modules import kubelet_csr_approve as subject

GIVEN = {"node": "worker1", "addresses": ["192.0.2.11"], "timeout": 0}


@pytest.fixture(autouse=True)
def fixture_control_plane(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host that is asked is one."""
    pod = StaticPod("kube-apiserver", "", "", ["kube-apiserver", "--service-cluster-ip-range=10.96.0.0/16"], [], [], "")
    monkeypatch.setattr(subject, "api_server", lambda _host: pod)


class _Api:
    def __init__(self, *items: dict[str, t.Any]) -> None:
        self.items, self.patched = list(items), t.cast("list[str]", [])

    def request(self, method: str, path: str, body: t.Any = None, query: t.Any = None) -> dict[str, t.Any]:
        """See Client.request."""
        if method == "PATCH":
            self.patched.append(path)
        return {"items": self.items if path.endswith("certificatesigningrequests") else []}


def test_it_approves_what_fits(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks --check, the second run, or the word about a request that does not fit."""
    api, warned = _Api(csr("a", request()), csr("b", request(names=("api",)))), t.cast("list[str]", [])
    monkeypatch.setattr(subject, "waiting_client", lambda _host, _timeout: api)
    monkeypatch.setattr(AnsibleModule, "warn", lambda _self, text: warned.append(text))
    checked = run_module("kubelet_csr_approve", GIVEN, check=True).result
    assert (checked["changed"], checked["approved"], api.patched) == (True, ["a"], [])
    assert run_module("kubelet_csr_approve", dict(GIVEN, wait=True)).result["approved"] == ["a"]
    assert [path.rsplit("/", 2)[1] for path in api.patched] == ["a"]
    assert warned[-1].startswith("The request b: it asks for api")
    api.items.clear()
    assert not run_module("kubelet_csr_approve", GIVEN).result["changed"]
    assert not run_module("kubelet_csr_approve", dict(GIVEN, wait=True), check=True).result["changed"]


def test_nothing_fits(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the run in silence: the kubelet serves with a certificate that nobody trusts."""
    api = _Api(csr("b", request(names=("api",))))
    monkeypatch.setattr(subject, "waiting_client", lambda _host, _timeout: api)
    run = run_module("kubelet_csr_approve", dict(GIVEN, wait=True))
    assert (run.code, api.patched) == (1, [])
    assert (
        "no request of worker1 for a serving certificate fits its host after 0 s (b: it asks for api"
        in run.result["msg"]
    )
