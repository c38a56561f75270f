# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds of values: normal forms and faults."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import kinds
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.soundness import (
    WrittenInteger,
    WrittenNumber,
)

PORT = kinds.integer(1, 65535)
WORDS = kinds.list_of(kinds.text)
CHOICE = kinds.Choice("RSA-2048", "ECDSA-P256")


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        (kinds.text, " a ", "a"),
        (kinds.text, WrittenInteger(15), "15"),
        (kinds.text, " a\r\n", "a"),
        (kinds.boolean, "Yes", True),
        (kinds.boolean, "off", False),
        (kinds.boolean, False, False),
        (PORT, "6443", 6443),
        (PORT, 1, 1),
        (PORT, 65535, 65535),
        (CHOICE, "ECDSA-P256", "ECDSA-P256"),
        (kinds.absolute_path, "/srv/x/", "/srv/x"),
        (kinds.absolute_path, "/", "/"),
        (kinds.duration, "4m0s", "4m0s"),
        (kinds.duration, 0, "0s"),
        (kinds.dns_subdomain, "Node-A", "node-a"),
        (kinds.advertise_address, "192.0.2.1", "192.0.2.1"),
        (kinds.advertise_address, "2001:DB8::1", "2001:db8::1"),
        (kinds.endpoint, "cp.example.com:6443", "cp.example.com:6443"),
        (kinds.endpoint, "cp.example.com", "cp.example.com"),
        (kinds.endpoint, "2001:db8::1", "2001:db8::1"),
        (kinds.endpoint, "[2001:db8::1]:6443", "[2001:db8::1]:6443"),
        (kinds.subnets, "10.96.0.0/12", "10.96.0.0/12"),
        (kinds.subnets, ["10.96.0.0/12", "fd00::/108"], "10.96.0.0/12,fd00::/108"),
        (kinds.subnets, "10.96.0.0/12, fd00::/108", "10.96.0.0/12,fd00::/108"),
        (kinds.cri_socket, "unix:///run/x.sock", "unix:///run/x.sock"),
        (kinds.cri_socket, "/run/x.sock", "/run/x.sock"),
        (kinds.image_repository, "r.example:5000/a/b/", "r.example:5000/a/b"),
        (kinds.image_tag, "3.5.24-0", "3.5.24-0"),
        (WORDS, "a, b", ["a", "b"]),
        (WORDS, [], []),
        (kinds.subject_alternative_name, "*.Example.com", "*.example.com"),
        (kinds.subject_alternative_name, "192.0.2.1", "192.0.2.1"),
        (kinds.mapping, {"a": 1}, {"a": 1}),
        (kinds.boolean_mapping, {"A": "true"}, {"A": True}),
        (
            kinds.arguments,
            {"v": WrittenInteger(2), "x": True, "e": ""},
            [{"name": "e", "value": ""}, {"name": "v", "value": "2"}, {"name": "x", "value": "true"}],
        ),
        (kinds.arguments, [{"name": "v", "value": "1"}], [{"name": "v", "value": "1"}]),
        (kinds.environment, [{"name": "A", "value": WrittenInteger(1)}], [{"name": "A", "value": "1"}]),
        (kinds.taints, [{"key": "a/b", "effect": "NoSchedule"}], [{"key": "a/b", "effect": "NoSchedule"}]),
        (
            kinds.taints,
            [{"key": "a", "effect": "NoExecute", "timeAdded": "2030-01-31T12:00:00.5+01:00"}],
            [{"key": "a", "effect": "NoExecute", "timeAdded": "2030-01-31T11:00:00Z"}],
        ),
        (
            kinds.volumes,
            [{"name": "a", "hostPath": "/a", "mountPath": "/b", "readOnly": "yes"}],
            [{"name": "a", "hostPath": "/a", "mountPath": "/b", "readOnly": True}],
        ),
        (kinds.external_etcd, {"endpoints": "https://a:2379"}, {"endpoints": ["https://a:2379"]}),
        (
            kinds.external_etcd,
            {"endpoints": ["https://a:2379"], "caFile": ""},
            {"endpoints": ["https://a:2379"], "caFile": ""},
        ),
        (
            kinds.writable_volumes,
            [{"name": "a", "hostPath": "/a", "mountPath": "/b", "writable": True}],
            [{"name": "a", "hostPath": "/a", "mountPath": "/b", "readOnly": False}],
        ),
        (
            kinds.writable_volumes,
            [{"name": "a", "hostPath": "/a", "mountPath": "/b"}],
            [{"name": "a", "hostPath": "/a", "mountPath": "/b", "readOnly": True}],
        ),
        (kinds.etcd_image, "r.example:5000/k8s/etcd:3.2.24", {"repository": "r.example:5000/k8s", "tag": "3.2.24"}),
        (kinds.port, 0, None),
        (kinds.cri_socket, "unix:/run/x.sock", "unix:///run/x.sock"),
        (kinds.image_repository, "my_org/k8s", "my_org/k8s"),
        (kinds.image, "r.example:5000/all:v1", "r.example:5000/all:v1"),
        (kinds.bootstrap_tokens, [{"usages": [], "groups": []}], [{}]),
        (
            kinds.bootstrap_tokens,
            [{"expires": "2030-01-31T12:00:00.5+01:00"}],
            [{"expires": "2030-01-31T12:00:00.5+01:00"}],
        ),
        (
            kinds.taints,
            [{"key": "a", "value": "", "effect": "NoExecute"}],
            [{"key": "a", "value": "", "effect": "NoExecute"}],
        ),
        (kinds.duration, "90m", "1h30m0s"),
        (
            kinds.kubeconfigs,
            [{"name": "jane", "groups": "dev, ops", "validity": "24h", "location": "host", "path": "/srv/jane.conf"}],
            [
                {
                    "name": "jane",
                    "groups": ["dev", "ops"],
                    "validity": "24h0m0s",
                    "location": "host",
                    "path": "/srv/jane.conf",
                }
            ],
        ),
        (
            kinds.kubeconfigs,
            [{"name": "é" * 32, "location": "controller", "path": "x"}],
            [{"name": "é" * 32, "location": "controller", "path": "x"}],
        ),
        (kinds.kubeconfigs, [], []),
        (kinds.renew, True, "due"),
        (kinds.renew, "true", "due"),
        (kinds.renew, "yes", "due"),
        (kinds.renew, "due", "due"),
        (kinds.renew, "all", "all"),
        (kinds.renew, False, None),
        (kinds.renew, "False", None),
        (
            kinds.bootstrap_tokens,
            [{"token": "abcdef.0123456789abcdef", "usages": "signing"}],
            [{"token": "abcdef.0123456789abcdef", "usages": ["signing"]}],
        ),
    ],
)
def test_a_right_value_comes_to_its_normal_form(
    kind: t.Callable[..., kinds.Checked], value: t.Any, normal: t.Any
) -> None:
    """Breaks input that Kubernetes takes, or passes on a form that later code does not expect."""
    assert kind("v", value) == (normal, [])


@pytest.mark.parametrize(
    ("kind", "value", "path"),
    [
        (kinds.text, "", "v"),
        (kinds.text, 1.5, "v"),
        (kinds.text, "a\nb", "v"),
        (kinds.arguments, {"x": 1.5}, "v.x"),
        (PORT, "\u0664", "v"),
        pytest.param(PORT, 10**5000, "v", id="a number of very many digits"),
        (PORT, "9" * 5000, "v"),
        (kinds.image_tag, "\u00fcn\u00ef", "v"),
        (kinds.image, "a b", "v"),
        (kinds.image, "A:1", "v"),
        (kinds.absolute_path, "/srv/../etc", "v"),
        (kinds.subnets, "10.96.0.0/255.240.0.0", "v"),
        (kinds.subnets, "10.244.0.0/0.0.255.255", "v"),
        (kinds.subnets, "10.96.0.0/\u0661\u0662", "v"),
        (kinds.advertise_address, "2001:db8::1%eth0", "v"),
        (kinds.subject_alternative_name, "2001:db8::1%eth0", "v"),
        (kinds.duration, "100000000h", "v"),
        (kinds.volumes, [{"name": "a.b", "hostPath": "/a", "mountPath": "/b"}], "v[0].name"),
        (kinds.volumes, [{"name": "a", "hostPath": "/a", "mountPath": path} for path in ("/b", "/c")], "v[1]"),
        (kinds.volumes, [{"name": name, "hostPath": "/a", "mountPath": "/b"} for name in "ab"], "v[1]"),
        (kinds.subject_alternative_name, "192.168.010.1", "v"),
        (kinds.subject_alternative_name, "1.2.3.256", "v"),
        (kinds.endpoint, "192.168.010.1:6443", "v"),
        (kinds.taints, [{"key": "a", "effect": "NoSchedule"}] * 2, "v[1]"),
        (kinds.taints, [{"key": "a", "value": "hello world", "effect": "NoSchedule"}], "v[0].value"),
        (kinds.environment, [{"name": "A=B", "value": "1"}], "v[0].name"),
        (kinds.external_etcd_until_v1beta3, {"endpoints": ["http://a"], "httpEndpoints": []}, "v.httpEndpoints"),
        (kinds.preflight_errors_of_a_document, ["Swap", "All"], "v[1]"),
        (
            kinds.bootstrap_tokens,
            [{"token": "abcdef.0123456789abcdef"}, {"token": "abcdef.0123456789abcdeg"}],
            "v[1].token",
        ),
        (kinds.bootstrap_tokens, [{"abcdef.0123456789abcdef": "24h"}], "v[0]"),
        (kinds.bootstrap_tokens, [{"expires": "2030-13-45T99:99:99Z"}], "v[0].expires"),
        (kinds.text, " ", "v"),
        (kinds.text, True, "v"),
        (kinds.text, [], "v"),
        (kinds.boolean, "maybe", "v"),
        (kinds.boolean, 1, "v"),
        (PORT, 0, "v"),
        (PORT, 65536, "v"),
        (PORT, True, "v"),
        (PORT, "6443x", "v"),
        (PORT, 1.5, "v"),
        (CHOICE, "rsa-2048", "v"),
        (CHOICE, ["RSA-2048"], "v"),
        (kinds.absolute_path, "srv", "v"),
        (kinds.absolute_path, None, "v"),
        (kinds.duration, 30, "v"),
        (kinds.duration, "4 minutes", "v"),
        (kinds.dns_subdomain, "a_b", "v"),
        (kinds.advertise_address, "127.0.0.1", "v"),
        (kinds.advertise_address, "0.0.0.0", "v"),
        (kinds.advertise_address, "cp1", "v"),
        (kinds.advertise_address, 10, "v"),
        (kinds.endpoint, "https://cp.example.com", "v"),
        (kinds.endpoint, "cp:0", "v"),
        (kinds.endpoint, "cp:65536", "v"),
        (kinds.endpoint, "cp:", "v"),
        (kinds.endpoint, "cp:\u00b2", "v"),
        (kinds.endpoint, "CP.example", "v"),
        (kinds.endpoint, "[2001:db8::1", "v"),
        (kinds.endpoint, "[2001:db8::1]6443", "v"),
        (kinds.endpoint, "[cp.example.com]:6443", "v"),
        (kinds.subnets, "10.96.0.0", "v"),
        (kinds.subnets, "10.96.0.0/29", "v"),
        (kinds.subnets, "10.96.0.0/12,10.0.0.0/12", "v"),
        (kinds.subnets, "10.96.0.0/12,fd00::/108,fd01::/108", "v"),
        (kinds.subnets, "10.96.0.0/12,", "v"),
        (kinds.subnets, 10, "v"),
        (kinds.subnets, [], "v"),
        (kinds.cri_socket, "tcp://127.0.0.1:1", "v"),
        (kinds.cri_socket, "unix://run/x.sock", "v"),
        (kinds.image_repository, "https://r.example", "v"),
        (kinds.image_repository, "r.example/a:tag", "v"),
        (kinds.image_tag, "a b", "v"),
        (kinds.image_tag, "", "v"),
        (WORDS, 5, "v"),
        (WORDS, ["a", None], "v[1]"),
        (kinds.subject_alternative_name, "https://a", "v"),
        (kinds.subject_alternative_name, "a.*.b", "v"),
        (kinds.mapping, [], "v"),
        (kinds.mapping, {1: 2}, "v[1]"),
        (kinds.boolean_mapping, {"A": "x"}, "v.A"),
        (kinds.arguments, {"--v": "2"}, "v.--v"),
        (kinds.arguments, {"v": 83}, "v.v"),
        (kinds.arguments, {123: "2"}, "v.123"),
        (kinds.text, 90, "v"),
        (kinds.text, "a\u2028", "v"),
        (kinds.text, "\x0ba", "v"),
        (kinds.arguments, {"v": None}, "v.v"),
        (kinds.arguments, {"v": [1]}, "v.v"),
        (kinds.argument_map, [{"name": "v", "value": "1"}], "v"),
        (kinds.argument_list, {"v": "1"}, "v"),
        (kinds.argument_list, [{"name": "--v", "value": "1"}], "v[0].name"),
        (
            kinds.writable_volumes,
            [{"name": "a", "hostPath": "/a", "mountPath": "/b", "readOnly": True}],
            "v[0].readOnly",
        ),
        (kinds.etcd_image, "r.example/k8s/etcdx:1", "v"),
        (kinds.etcd_image, "r.example/k8s/etcd", "v"),
        (kinds.certificate_key, "00", "v"),
        (kinds.image_pull_policy, "Sometimes", "v"),
        (kinds.port, 70000, "v"),
        (kinds.labels, {"stable-1.20": "1.20"}, "v.stable-1.20"),
        (kinds.render_facts, {"hostnam": "a"}, "v.hostnam"),
        (kinds.duration, "-1h", "v"),
        (kinds.arguments, [{"name": "v"}], "v[0].value"),
        (kinds.arguments, 5, "v"),
        (kinds.taints, [{"key": "a", "effect": "Never"}], "v[0].effect"),
        (kinds.taints, [{"key": "a b", "effect": "NoSchedule"}], "v[0].key"),
        (kinds.taints, [{"key": "a", "effect": "NoExecute", "timeAdded": "soon"}], "v[0].timeAdded"),
        (
            kinds.taints,
            [{"key": "a", "effect": "NoExecute", "timeAdded": "0001-01-01T00:00:00+01:00"}],
            "v[0].timeAdded",
        ),
        (kinds.taints, [{"effect": "NoSchedule"}], "v[0].key"),
        (kinds.volumes, [{"name": "a", "hostPath": "/a", "mountPath": "b"}], "v[0].mountPath"),
        (kinds.volumes, [{"name": "a", "hostPath": "/a", "mountPath": "/b", "readonly": True}], "v[0].readonly"),
        (kinds.external_etcd, {}, "v.endpoints"),
        (kinds.external_etcd, {"endpoints": []}, "v.endpoints"),
        (kinds.external_etcd, {"endpoints": ["a:2379"]}, "v.endpoints[0]"),
        (kinds.external_etcd, {"endpoints": ["https://a"], "caFile": "x"}, "v.caFile"),
        (kinds.bootstrap_tokens, [{"token": "abcdef"}], "v[0].token"),
        (kinds.bootstrap_tokens, [{"token": "abcdef.0123456789abcdef", "usages": ["sign"]}], "v[0].usages[0]"),
        (
            kinds.bootstrap_tokens,
            [{"token": "abcdef.0123456789abcdef", "groups": ["system:masters"]}],
            "v[0].groups[0]",
        ),
        (kinds.bootstrap_tokens, [{"token": "abcdef.0123456789abcdef", "ttl": "1 day"}], "v[0].ttl"),
        (kinds.kubeconfigs, "jane", "v[0]"),
        (kinds.kubeconfigs, [{"location": "host", "path": "/x"}], "v[0].name"),
        (kinds.kubeconfigs, [{"name": "jane", "path": "/x"}], "v[0].location"),
        (kinds.kubeconfigs, [{"name": "jane", "location": "host"}], "v[0].path"),
        (kinds.kubeconfigs, [{"name": "jane", "location": "here", "path": "/x"}], "v[0].location"),
        (kinds.kubeconfigs, [{"name": "j" * 65, "location": "host", "path": "/x"}], "v[0].name"),
        pytest.param(
            kinds.kubeconfigs, [{"name": "é" * 33, "location": "host", "path": "/x"}], "v[0].name", id="bytes"
        ),
        (kinds.kubeconfigs, [{"name": "", "location": "host", "path": "/x"}], "v[0].name"),
        (kinds.kubeconfigs, [{"name": "j", "location": "host", "path": "/x", "groups": ["g" * 65]}], "v[0].groups[0]"),
        (kinds.kubeconfigs, [{"name": "j", "location": "host", "path": "/x", "validity": "1 day"}], "v[0].validity"),
        (kinds.kubeconfigs, [{"name": "j", "location": "host", "path": "/x", "group": ["g"]}], "v[0].group"),
        (
            kinds.kubeconfigs,
            [{"name": "j", "location": "host", "path": "/x"}, {"name": "j", "location": "controller", "path": "y"}],
            "v[1]",
        ),
        (kinds.renew, "sometimes", "v"),
        (kinds.renew, 1, "v"),
        (kinds.renew, ["all"], "v"),
        (kinds.bootstrap_tokens, [{"token": "abcdef.0123456789abcdef", "expires": "tomorrow"}], "v[0].expires"),
    ],
)
def test_a_wrong_value_is_named_by_its_path(kind: t.Callable[..., kinds.Checked], value: t.Any, path: str) -> None:
    """Breaks when a wrong value reaches the host, ends in a traceback, or its place is not named."""
    _checked, faults = kind("v", value)
    assert [fault.path for fault in faults] == [path]
    assert all(fault.found and fault.wanted and fault.cure for fault in faults)


def test_all_words_of_a_renewal_are_named() -> None:
    """Breaks when the error keeps true and false, which the documentation gives first, from whoever mistyped them."""
    _checked, (fault,) = kinds.renew("v", "sometimes")
    assert fault.wanted == "true (or due), all, or false"


def test_faults_of_all_elements_come_at_once() -> None:
    """Breaks when the second mistake shows only after the first is mended."""
    value = [{"key": "a b", "effect": "x"}, {"key": "c", "effect": "NoSchedule"}, {"other": 1}]
    paths = [fault.path for fault in kinds.taints("v", value)[1]]
    assert sorted(paths) == ["v[0].effect", "v[0].key", "v[2].effect", "v[2].key", "v[2].other"]


SECRET = "abcdef.0123456789abcde"


@pytest.mark.parametrize(
    "value",
    [
        [{"token": SECRET}],
        [{"token": SECRET.upper()}],
        [{"token": [SECRET]}],
        [SECRET],
        SECRET,
        {"token": SECRET},
        [[SECRET]],
        [{"token": "abcdef.0123456789abcdef", "tokens": SECRET}],
    ],
)
def test_a_token_is_never_shown(value: t.Any) -> None:
    """Breaks when a mistyped token stands in the error, and so in the log."""
    faults = kinds.bootstrap_tokens("v", value)[1]
    assert faults
    assert not [fault for fault in faults if "0123456789abcde" in str(fault).lower()]


@pytest.mark.parametrize(("value", "text"), [("x" * 200, "'" + "x" * 76 + "..."), (5, "5"), (None, "None")])
def test_shown(value: t.Any, text: str) -> None:
    """Breaks when a whole file stands in the message."""
    assert kinds.shown(value) == text


def test_no_token_is_in_a_fault() -> None:
    """Breaks when a token that stands in a wrong place is printed."""
    for value in ([{"abcdef.0123456789abcdef": "24h"}], ["abcdef.0123456789abcdef"], "abcdef.0123456789abcdef"):
        faults = kinds.bootstrap_tokens("v", value)[1]
        assert faults
        assert "0123456789abcdef" not in str(faults)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("API.example.com", "lower case"),
        ("API.example.com:6443", "lower case"),
        ("https://api.example.com", "without https://"),
        ("api.example.com:99999", "a port from 1 to 65535"),
        ("192.168.010.1", "without leading zeros"),
    ],
)
def test_what_to_do_about_an_endpoint(value: str, words: str) -> None:
    """Breaks the cure: a name in upper case was told to leave out https://."""
    [fault] = kinds.endpoint("v", value)[1]
    assert words in str(fault)


@pytest.mark.parametrize(
    "value", ["https://10.0.0.5:237999", "https://10.0.0.5:x", "https://[::1", "https://10.0.0.5:0", "https://"]
)
def test_endpoints_of_etcd_that_nobody_can_reach(value: str) -> None:
    """Breaks preflight with a traceback, and the API server."""
    assert kinds.external_etcd("v", {"endpoints": [value]})[1]


def test_numbers_in_octal_digits() -> None:
    """Breaks a number of a document: 0644 is 420 to whoever reads YAML 1.1."""
    assert kinds.integer(0, 1000)("v", WrittenNumber("0644", 420)) == (420, [])
    assert kinds.integer(0, 1000)("v", WrittenNumber("1:30", 90))[1]
