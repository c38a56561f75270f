# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one execution carries out for the phases after it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.changes import (
    Change,
    Files,
    ForgetKeys,
    InstallCertificate,
    IssueCertificate,
    Kubeconfig,
    MakeAuthority,
    MakeServiceAccountKey,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import certificates
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.carry import (
    WITH_CREDENTIALS,
    WITH_WAIT,
    carry,
    mark,
    planned,
    with_marks,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import plan_of

MakeConfig = t.Callable[..., Config]
TOKENS = [{"token": "abcdef.0123456789abcdef", "ttl": "24h0m0s", "usages": ["signing"], "groups": []}]
PKI = "/etc/kubernetes/pki/"
BLANK = {"active": False, "error": ""}
THERE = {"digest": "x", "meaning": "x", "mode": 0o600}


def _facts(config: Config, **api: t.Any) -> dict[str, t.Any]:
    """Of a blank host."""
    paths = [path for phase in WITH_CREDENTIALS for path in plan_of(phase, config).paths()]
    return {
        "files": dict.fromkeys(paths),
        "kubelet": BLANK,
        "api": {"answers": False, "error": "", "objects": {}, **api},
    }


def _credentials(config: Config) -> list[Change]:
    """In the order of a plan: CAs first, then leaves, then kubeconfigs."""

    def authority(name: str) -> MakeAuthority:
        return MakeAuthority(f"{PKI}{name}.crt", f"{PKI}{name}.key", name, True)

    def pair(name: str) -> IssueCertificate:
        ca = Files(f"{PKI}ca.crt", f"{PKI}ca.key")
        return IssueCertificate(leaf, ca, f"{PKI}{name}.crt", f"{PKI}{name}.key", None)

    def kubeconfig(name: str) -> IssueCertificate:
        settings = Kubeconfig(f"/etc/kubernetes/{name}", "k", "u", "https://x", False, f"{PKI}ca.crt", ())
        return IssueCertificate(leaf, Files(f"{PKI}ca.crt", f"{PKI}ca.key"), None, None, settings)

    leaf = certificates(config)[0]
    found: list[Change] = [authority("ca"), authority("front-proxy-ca"), authority("etcd/ca")]
    found += [
        pair("apiserver"),
        pair("etcd/server"),
        MakeServiceAccountKey(f"{PKI}sa.key", f"{PKI}sa.pub", 0o600, True),
    ]
    return [*found, kubeconfig("admin.conf"), kubeconfig("kubelet.conf"), ForgetKeys(("x",))]


def _name(change: Change) -> str:
    if isinstance(change, (IssueCertificate, InstallCertificate)) and change.kubeconfig is not None:
        return change.kubeconfig.path.rpartition("/")[2]
    return str(getattr(change, "certificate_path", getattr(change, "public_path", "keys"))).replace(PKI, "")


@pytest.mark.parametrize("active", [False, True])
def test_the_kubelet_and_etcd_start_while_the_rest_is_made(make_config: MakeConfig, active: bool) -> None:
    """Breaks the time of the first run, or the kubelet starts without its kubeconfig and etcd without its certificates.

    Without a configuration the kubelet of kubeadm's package comes and goes.
    """
    config = make_config("1.31.0", audit=True)
    facts = {**_facts(config), "kubelet": {"active": active, "error": ""}}
    together = carry(WITH_CREDENTIALS, config, facts, _credentials(config))
    assert [_name(change) for change in together.credentials] == [
        "ca.crt",
        "etcd/ca.crt",
        "etcd/server.crt",
        "kubelet.conf",
        "front-proxy-ca.crt",
        "apiserver.crt",
        "sa.pub",
        "admin.conf",
        "keys",
    ]
    assert [(item["phase"], item["after"]) for item in together.files] == [
        ("etcd", 4),
        ("kubelet_start", 4),
        ("audit", 9),
        ("control_plane", 9),
    ]


@pytest.mark.parametrize(
    "there",
    [
        {"kubelet": {"active": True, "error": ""}, "files": {"/var/lib/kubelet/config.yaml": THERE}},
        {"files": {"/etc/kubernetes/manifests/kube-scheduler.yaml": THERE}},
    ],
)
def test_where_there_is_a_control_plane_the_kubelet_is_started_last(
    make_config: MakeConfig, there: dict[str, t.Any]
) -> None:
    """Breaks a running control plane whose manifests change: a kubelet that was started before them may not replace their pods."""
    config = make_config("1.31.0")
    facts, credentials = _facts(config), _credentials(config)
    facts = {**facts, **there, "files": {**facts["files"], **there.get("files", {})}}
    together = carry(WITH_CREDENTIALS, config, facts, credentials)
    assert together.credentials == credentials
    assert [(item["phase"], item["after"]) for item in together.files] == [
        (phase, len(credentials)) for phase in ("etcd", "control_plane", "kubelet_start")
    ]


def test_certificates_that_somebody_else_has_signed(make_config: MakeConfig) -> None:
    """Breaks the last run by way of kubewright_csr_dir: the kubelet would start before its kubeconfig is installed."""
    config = make_config("1.31.0")
    credentials = [
        InstallCertificate("x", "pem", "x.key", getattr(item, "certificate_path", None), None, item.kubeconfig)
        for item in _credentials(config)
        if isinstance(item, IssueCertificate)
    ]
    together = carry(["etcd"], config, _facts(config), credentials)
    assert [_name(change) for change in together.credentials[:2]] == ["etcd/server.crt", "kubelet.conf"]
    assert [item["after"] for item in together.files] == [2]


def test_only_what_is_asked_for(make_config: MakeConfig) -> None:
    """Breaks tags and kubewright_skip_phases: a phase that is not run is carried out all the same."""
    config = make_config("1.31.0")
    together = carry(["control_plane"], config, _facts(config), _credentials(config))
    assert [item["phase"] for item in together.files] == ["control_plane"]


def test_what_was_not_read_is_not_planned(make_config: MakeConfig) -> None:
    """Breaks the order of the phases where one has to read by itself, or cannot be planned: those after it come after it."""
    config = make_config("1.31.0")
    facts = _facts(config)
    del facts["files"]["/etc/kubernetes/manifests/kube-scheduler.yaml"]
    assert [item["phase"] for item in planned(WITH_CREDENTIALS, config, facts).items] == ["etcd"]
    damaged = _facts(config)
    damaged["files"]["/etc/kubernetes/manifests/etcd.yaml"] = {"problem": "it cannot be read"}
    assert planned(WITH_CREDENTIALS, config, damaged) == ([], False)


def test_objects_of_a_cluster_that_is_to_come(make_config: MakeConfig) -> None:
    """Breaks the first run: the objects are applied phase by phase; or a declared token is lost on the way."""
    config, tokens = make_config("1.31.0"), TOKENS
    objects = {item.mark(): {"shown": None} for item in plan_of("bootstrap_token", config, tokens).objects}
    items = planned(WITH_WAIT, config, _facts(config, objects=objects), tokens).items
    assert [item["phase"] for item in items] == list(WITH_WAIT)
    [token] = [change["token"] for item in items for change in item["changes"] if (change["token"] or {}).get("token")]
    assert token["token"] == TOKENS[0]["token"]
    assert all(change["unseen"] for item in items for change in item["changes"])


def test_a_mark_says_nothing_of_a_token(make_config: MakeConfig) -> None:
    """Breaks a weak token, which could be guessed by its mark; and one that a template makes anew each time, which would be made twice."""
    config = make_config("1.31.0")

    def marked(token: str, **more: t.Any) -> str:
        plan = plan_of("bootstrap_token", config, [{**TOKENS[0], "token": token, **more}])
        objects = {item.mark(): {"shown": None} for item in plan.objects}
        return mark(plan.changes(_facts(config, objects=objects)))

    assert marked("abcdef.0123456789abcdef") == marked("fedcba.fedcba9876543210")
    assert marked("abcdef.0123456789abcdef") != marked("abcdef.0123456789abcdef", description="another")


def test_a_result_is_of_what_was_carried_out(make_config: MakeConfig) -> None:
    """Breaks a phase that sees other variables than the task before it: it would take the result of other changes for its own."""
    config = make_config("1.31.0")
    items = planned(["etcd", "control_plane"], config, _facts(config)).items
    found = with_marks(items, {"carried": {"etcd": {"changed": True}}})
    assert found == {"etcd": {"changed": True, "mark": mark(plan_of("etcd", config).changes(_facts(config)))}}
    other = make_config("1.31.0", etcd_extra_args={"quota-backend-bytes": "1"})
    assert mark(plan_of("etcd", other).changes(_facts(other))) != found["etcd"]["mark"]
    assert with_marks(items, {}) == {}
