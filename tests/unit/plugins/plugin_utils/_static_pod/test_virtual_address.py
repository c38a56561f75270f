# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The static pod that sees to a virtual address."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from resolving import resolved

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.images import images
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._phases.contents import phase_files
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import certificates

MakeFacts = t.Callable[..., dict[str, t.Any]]
GIVEN = {"address": "192.0.2.40", "interface": "eth0", "image": "example.com/kube-vip:v0.9.1"}
# By kube-vip v0.9.1: kube-vip manifest pod --interface eth0 --address 192.0.2.40 --controlplane --arp --leaderElection
ENVIRONMENT = {
    "vip_arp": "true",
    "port": "6443",
    "vip_interface": "eth0",
    "vip_subnet": "32",
    "dns_mode": "first",
    "cp_enable": "true",
    "cp_namespace": "kube-system",
    "vip_leaderelection": "true",
    "vip_leasename": "plndr-cp-lock",
    "vip_leaseduration": "5",
    "vip_renewdeadline": "3",
    "vip_retryperiod": "1",
    "address": "192.0.2.40",
    "prometheus_server": ":2112",
}


def _config(facts: dict[str, t.Any], **variables: t.Any) -> Config:
    return Config(resolved(facts, "1.37.0", virtual_address=GIVEN, **variables))


def _pod(config: Config) -> dict[str, t.Any]:
    files = {file.path: file for file in phase_files("control_plane", config)}
    file = files["/etc/kubernetes/manifests/kube-vip.yaml"]
    assert file.mode == 0o600
    return t.cast("dict[str, t.Any]", yaml.safe_load(file.content))


def test_the_manifest(node_facts: MakeFacts) -> None:
    """Breaks the endpoint: kube-vip is told something else than its own manifest says."""
    pod = _pod(_config(node_facts()))
    assert (pod["metadata"]["name"], pod["metadata"]["namespace"]) == ("kube-vip", "kube-system")
    assert pod["spec"]["hostNetwork"]
    assert pod["spec"]["hostAliases"] == [{"hostnames": ["kubernetes"], "ip": "127.0.0.1"}]
    assert pod["spec"]["volumes"] == [{"hostPath": {"path": "/etc/kubernetes/admin.conf"}, "name": "kubeconfig"}]
    (container,) = pod["spec"]["containers"]
    assert {item["name"]: item["value"] for item in container["env"] if "value" in item} == ENVIRONMENT
    assert container["args"] == ["manager"]
    assert container["securityContext"] == {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"], "drop": ["ALL"]}}
    assert container["image"] == GIVEN["image"]


def test_an_ipv6_address(node_facts: MakeFacts) -> None:
    """Breaks clusters of IPv6: the address gets the prefix of IPv4."""
    given = dict(GIVEN, address="2001:db8::40")
    own = {"advertise_address": "2001:db8::1", "service_subnet": "2001:db8:1::/112"}
    config = Config(resolved(node_facts(), "1.37.0", virtual_address=given, **own))
    (container,) = _pod(config)["spec"]["containers"]
    assert {"name": "vip_subnet", "value": "128"} in container["env"]
    assert config.cluster["controlPlaneEndpoint"] == "[2001:db8::40]:6443"


def test_what_goes_with_it(node_facts: MakeFacts) -> None:
    """Breaks the cluster: nobody is told the endpoint, its certificate does not name it, or its image is never pulled."""
    config = _config(node_facts(), bind_port=7443)
    assert config.cluster["controlPlaneEndpoint"] == "192.0.2.40:7443"
    assert GIVEN["image"] in images(config)
    named = _config(node_facts(), control_plane_endpoint="api.example.com")
    assert named.cluster["controlPlaneEndpoint"] == "api.example.com:6443"
    for item in (config, named):
        assert certificates(item)[0].ip_addresses.count("192.0.2.40") == 1
    without = Config(resolved(node_facts(), "1.37.0"))
    assert len(phase_files("control_plane", without)) == 3
    assert without.virtual_address is None


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"virtual_address": dict(GIVEN, address="192.0.2.10")}, "the host's own address"),
        ({"virtual_address": GIVEN, "control_plane_endpoint": "192.0.2.41"}, "and the endpoint 192.0.2.41"),
        ({"virtual_address": {"address": "192.0.2.40"}}, "kubewright_virtual_address.image: found nothing"),
        ({"virtual_address": dict(GIVEN, interface="a b")}, "the name of a network interface"),
        ({"virtual_address": dict(GIVEN, address="api.example.com")}, "kubewright_virtual_address.address"),
        (
            {"virtual_address": dict(GIVEN, address="api.example.com")},
            "hosts can reach. Give an address of the hosts' network that no",
        ),
    ],
)
def test_what_is_refused(node_facts: MakeFacts, variables: dict[str, t.Any], words: str) -> None:
    """Breaks a host: its own address wanders to another one; or an endpoint leads nowhere."""
    with pytest.raises(InvalidInput) as error:
        resolved(node_facts(), "1.37.0", advertise_address="192.0.2.10", **variables)
    assert words in str(error.value)
