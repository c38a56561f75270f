# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What kube-proxy's mode ipvs needs of a host."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.ipvs import LOADED, gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import ipvs
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check
from facts.hosts import place

MakeConfig = t.Callable[..., t.Any]
IPVS: dict[str, t.Any] = {"kube_proxy_configuration": {"mode": "ipvs"}}
RELEASE = "4.18.0-553.51.1.el8_10.x86_64"
BUILTIN = f"/lib/modules/{RELEASE}/modules.builtin"
FOUR = ("ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_sh")
FIVE = (*FOUR, "nf_conntrack_ipv4")
IPSET = {"ipset --version": Result(0, "ipset v7.1, protocol version: 7\n", "")}


def _loaded(*names: str) -> str:
    return "".join(f"{name} 16384 2 - Live 0x0000000000000000\n" for name in (*names, "overlay"))


def _builtin(*names: str) -> str:
    return "kernel/fs/ext4/ext4.ko\n" + "".join(f"kernel/net/netfilter/ipvs/{name}.ko\n" for name in names)


def _rows(
    tmp_path: pathlib.Path,
    config: t.Any,
    loaded: str | None,
    builtin: str | None,
    answers: t.Mapping[str, Result] | None = None,
) -> list[Check]:
    host = place(tmp_path, "rocky-8-v1", answers, **{LOADED: loaded, BUILTIN: builtin})
    asked = ipvs.question(config)
    assert asked is not None
    return ipvs.check(config, gather(host, asked))


@pytest.mark.parametrize(
    ("loaded", "builtin", "outcome", "found"),
    [
        (_loaded(*FIVE), None, None, "loaded: "),
        (_loaded(), _builtin(*FIVE), None, "built in: "),
        (_loaded(*FOUR), _builtin(*FIVE), None, "built in: "),
        (_loaded(*FOUR), _builtin(), "warning", "not loaded: nf_conntrack_ipv4"),
        # Half loaded and half built in is a warning for kubeadm.
        (_loaded(*FOUR), _builtin("nf_conntrack_ipv4"), "warning", "not loaded: nf_conntrack_ipv4"),
        # Five modules, but one of them is not of this kernel.
        (_loaded(*FOUR), _builtin(*FOUR, "nf_conntrack"), "warning", "not loaded: nf_conntrack_ipv4"),
        (_loaded(), _builtin(), "warning", "not loaded: ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh, nf_conntrack_ipv4"),
        (_loaded(*FOUR), None, "error", f"not loaded: nf_conntrack_ipv4; no {BUILTIN} to read"),
        (None, _builtin(*FIVE), "error", "no /proc/modules to read"),
    ],
)
@pytest.mark.parametrize("version", ["1.12.0", "1.13.0", "1.14.10"])
def test_modules_until_1_14(
    tmp_path: pathlib.Path,
    make_config: MakeConfig,
    version: str,
    loaded: str | None,
    builtin: str | None,
    outcome: str | None,
    found: str,
) -> None:
    """Breaks when loaded, built-in and missing modules are judged otherwise than by kubeadm."""
    (row,) = _rows(tmp_path, make_config(version, **IPVS), loaded, builtin)
    assert row.name == "RequiredIPVSKernelModulesAvailable"
    assert (None if row.passed else row.severity) == outcome
    assert row.found.startswith(found)
    assert row.wanted == "the kernel modules ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh, nf_conntrack_ipv4"
    assert ("modprobe -a " + " ".join(FIVE) in row.cure) == (loaded is not None)


@pytest.mark.parametrize(
    ("version", "release", "conntrack"),
    [
        ("1.12.6", "4.19.0", "nf_conntrack_ipv4"),
        ("1.12.7", "4.19.0", "nf_conntrack"),
        ("1.12.7", "4.18.20", "nf_conntrack_ipv4"),
        ("1.13.0", "4.9.0-6-amd64", "nf_conntrack_ipv4"),
        ("1.13.0", "4.19.0-27-amd64", "nf_conntrack"),
        ("1.13.0", "5.4.0", "nf_conntrack"),
        ("1.13.0", "", "nf_conntrack_ipv4"),
    ],
)
def test_the_module_that_was_renamed(make_config: MakeConfig, version: str, release: str, conntrack: str) -> None:
    """Breaks hosts with Linux 4.19 and newer, which have no nf_conntrack_ipv4."""
    assert ipvs.wanted_modules(make_config(version, **IPVS), release) == [*FOUR, conntrack]


@pytest.mark.parametrize(
    ("loaded", "builtin", "loadable", "ipset", "found"),
    [
        (_loaded(*FOUR), None, "", IPSET, None),
        (_loaded(), _builtin(*FOUR), "", IPSET, None),
        (_loaded("ip_vs"), _builtin("ip_vs_rr"), "ip_vs_wrr ip_vs_sh", IPSET, None),
        (_loaded("ip_vs"), _builtin("ip_vs_rr"), "ip_vs_sh", IPSET, "neither loaded nor installed: ip_vs_wrr"),
        (_loaded(), None, "", IPSET, "neither loaded nor installed: ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh"),
        (None, _builtin(*FOUR), "", IPSET, "no /proc/modules to read"),
        (_loaded(*FOUR), None, "", {}, "no ipset"),
        (_loaded(*FOUR), None, "", {"ipset --version": Result(1, "", "v7.1")}, "no ipset"),
        (_loaded(*FOUR), None, "", {"ipset --version": Result(0, "ipset 7", "")}, "no ipset"),
        (
            _loaded(*FOUR),
            None,
            "",
            {"ipset --version": Result(0, "ipset v4.5", "")},
            "the kernel modules, and ipset 4.5",
        ),
        (_loaded(*FOUR), None, "", {"ipset --version": Result(0, "ipset v6.0", "")}, None),
        (_loaded(*FOUR), None, "", {"ipset --version": Result(0, "ipset v10.2", "")}, None),
    ],
)
def test_the_proxier_in_1_15(
    tmp_path: pathlib.Path,
    make_config: MakeConfig,
    loaded: str | None,
    builtin: str | None,
    loadable: str,
    ipset: dict[str, Result],
    found: str | None,
) -> None:
    """Breaks when a host on which kube-proxy could use ipvs fails, or the other way round."""
    answers = {f"modprobe --dry-run -- {name}": Result(0 if name in loadable.split() else 1, "", "") for name in FIVE}
    (row,) = _rows(tmp_path, make_config("1.15.0", **IPVS), loaded, builtin, {**answers, **ipset})
    assert (row.name, row.severity, row.passed) == ("IPVSProxierCheck", "error", found is None)
    if found:
        assert row.found == found


def test_1_15_on_a_host_without_modprobe(tmp_path: pathlib.Path, make_config: MakeConfig) -> None:
    """Breaks hosts without modprobe: nothing can be loaded there."""
    (row,) = _rows(tmp_path, make_config("1.15.0", **IPVS), _loaded(), _builtin(), IPSET)
    assert not row.passed


@pytest.mark.parametrize(
    ("version", "settings"),
    [
        ("1.12.0", {}),
        ("1.14.0", {"kube_proxy_configuration": {"mode": "iptables"}}),
        ("1.16.0", IPVS),
        ("1.36.0", IPVS),
    ],
)
def test_nothing_to_check(make_config: MakeConfig, version: str, settings: dict[str, t.Any]) -> None:
    """Breaks hosts that do not use ipvs, and minors that do not look."""
    config = make_config(version, **settings)
    assert ipvs.question(config) is None
    assert ipvs.check(config, None) == []


@pytest.mark.parametrize(
    ("settings", "passed", "found"),
    [
        (IPVS, False, "kube-proxy's mode ipvs"),
        ({}, True, "kube-proxy's mode iptables"),
        ({"kube_proxy_configuration": {"mode": "nftables"}}, True, "kube-proxy's mode nftables"),
    ],
)
def test_the_warning_of_1_37(make_config: MakeConfig, settings: dict[str, t.Any], passed: bool, found: str) -> None:
    """Breaks the warning of a mode that Kubernetes is giving up."""
    (row,) = ipvs.check(make_config("1.37.0", **settings), None)
    assert row == Check("KubeProxyMode", "warning", passed, found, row.wanted, row.cure)
    assert "nftables" in row.cure
