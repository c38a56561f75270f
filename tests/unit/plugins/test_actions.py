# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of the modules: what is rendered, checked and shipped."""

from __future__ import annotations

import datetime
import pathlib
import time
import typing as t

import pytest
from acting import act
from ansible.parsing.vault import VaultLib, VaultSecret

import certificates_fleet
from any_core import trust_as_template

TOKEN = "abcdef.0123456789abcdef"


@pytest.mark.parametrize(
    ("name", "arguments", "count"), [("kube_apply", {"phase": "mark_control_plane"}, 1), ("bootstrap_token", {}, 7)]
)
def test_all_is_shipped_in_one_call(
    make_config: t.Callable[..., t.Any], name: str, arguments: dict[str, t.Any], count: int
) -> None:
    """Breaks a phase: its objects do not reach the host, or need more than one trip."""
    action = act(name, dict(arguments, config=make_config("1.31.0").data), {})
    assert action.shipped is not None
    assert len(action.shipped["objects"]) == count
    assert all(set(item) == {"manifest", "policy"} for item in action.shipped["objects"])


def test_a_phase_without_files_asks_no_host(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks when auditing that is off, or an external etcd, costs a trip to every host."""
    action = act("host_files", {"phase": "audit", "config": make_config("1.31.0").data}, {})
    assert (action.shipped, action.result["changed"], action.result["replaced"]) == (None, False, [])


@pytest.mark.parametrize("name", ["host_files", "kube_apply", "kubelet_start", "bootstrap_token"])
@pytest.mark.parametrize("config", [None, {}, "text"])
def test_without_a_configuration(name: str, config: t.Any) -> None:
    """Breaks the message when the resolved configuration is forgotten; the host must not be asked."""
    phase = {"host_files": {"phase": "etcd"}, "kube_apply": {"phase": "addons"}}.get(name, {})
    action = act(name, {**phase, "config": config}, {})
    assert (action.result["failed"], action.shipped) == (True, None)
    assert "config" in action.result["msg"]


def test_a_configuration_is_resolved_anew_for_other_variables(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when a role that is told something else than the one before it works by what that one was told."""
    made = act("cluster_config", {}, {"kubewright_node_name": "cp1"}, {"facts": node_facts()}).result
    kept = act("wait_apiserver", {"config": made}, {"kubewright_node_name": "cp1", "other": 1})
    assert kept.shipped is not None
    assert kept.shipped["config"] == made["resolved"]
    variables = {"kubewright_node_name": "cp1", "kubewright_bind_port": 7443}
    facts = {"facts": node_facts()}
    renewed = act("wait_apiserver", {"config": made}, variables, facts, {"changed": False})
    assert renewed.shipped is not None
    assert renewed.shipped["config"]["InitConfiguration"]["localAPIEndpoint"]["bindPort"] == 7443
    taken = act("wait_apiserver", {"config": made["resolved"]}, variables)
    assert taken.shipped is not None
    assert taken.shipped["config"] == made["resolved"]


@pytest.mark.parametrize(
    "value",
    [{1: "a", "b": "c"}, {datetime.date(2026, 1, 31): "a"}, {"a": [datetime.date(2026, 1, 31), {None: 1, "b": 2}]}],
)
def test_keys_of_every_type_are_taken(node_facts: t.Callable[..., t.Any], value: t.Any) -> None:
    """Breaks with a traceback where YAML has made numbers or dates of keys."""
    variables = {"kubewright_kubelet_extra_args": {1: "a", "b": "c"}}
    made = act("cluster_config", {}, variables, {"facts": node_facts()}).result
    assert not made.get("failed")
    assert act("cluster_config", {"earlier": made}, variables).trips == []
    wrong = act("wait_apiserver", {"config": made}, {"kubewright_foo": value}, {"facts": node_facts()}).result
    assert "kubewright_foo" in wrong["msg"]


def test_wrong_variables_of_a_role_are_faults(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks the message where only a later role is told something that is wrong."""
    made = act("cluster_config", {}, {}, {"facts": node_facts()}).result
    result = act("kubelet_start", {"config": made}, {"kubewright_bind_port": 0}, {"facts": node_facts()}).result
    assert result["failed"]
    assert "kubewright_bind_port" in result["msg"]


def test_tokens_make_no_other_configuration(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when a token that a template makes at random costs every phase another look at the host."""
    made = act(
        "cluster_config", {}, {"kubewright_bootstrap_tokens": [{"token": TOKEN}]}, {"facts": node_facts()}
    ).result
    assert len(act("wait_apiserver", {"config": made}, {}).trips) == 1


def test_cluster_config(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks the resolution: templates in variables, the host's facts, plain values in the result."""
    variables = {"kubewright_certificates_dir": "/srv/pki", "kubewright_node_name": "node-7", "other": 1}
    action = act("cluster_config", {}, variables, {"facts": node_facts()})
    assert action.shipped is not None
    assert action.shipped["config"]["certificates_dir"] == "/srv/pki"
    resolved = action.result["resolved"]
    assert resolved["InitConfiguration"]["nodeRegistration"]["name"] == "node-7"
    assert resolved["ClusterConfiguration"]["kubernetesVersion"] == "v1.31.0"


@pytest.mark.parametrize(
    ("host", "cluster", "names"),
    [("cp1", "a", ["jane"]), ("cp2", "a", []), ("cp2", "b", ["jane"]), ("elsewhere", "a", ["jane"])],
)
def test_kubeconfigs_for_people_are_made_once_for_a_cluster(
    node_facts: t.Callable[..., t.Any], host: str, cluster: str, names: list[str]
) -> None:
    """Breaks a cluster of several control planes: each would make people's kubeconfigs, or report them as missing."""
    jane = {"name": "jane", "location": "host", "path": "/srv/jane.conf"}
    variables = {
        "kubewright_kubeconfigs": [jane],
        "inventory_hostname": host,
        "groups": {"control_plane": ["cp1", "cp2"]},
        "hostvars": {"cp1": {"kubewright_cluster": "a"}, "cp2": {"kubewright_cluster": cluster}},
    }
    resolved = act("cluster_config", {}, variables, {"facts": node_facts()}).result["resolved"]
    assert [item["name"] for item in resolved["kubeconfigs"]] == names


def test_cluster_config_names_all_faults_without_the_token(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when faults come one by one, or a token stands in the message."""
    variables = {"kubewright_bind_port": 0, "kubewright_bootstrap_tokens": [TOKEN], "kubewright_podsubnet": "x"}
    result = act("cluster_config", {}, variables, {"facts": node_facts()}).result
    assert result["failed"]
    assert {fault["path"] for fault in result["faults"]} == {
        "kubewright_bind_port",
        "kubewright_bootstrap_tokens[0]",
        "kubewright_podsubnet",
    }
    assert "0123456789abcdef" not in str(result)


@pytest.mark.parametrize("answer", [{"failed": True, "msg": "x"}, {"unreachable": True}])
def test_a_host_that_cannot_be_asked(answer: dict[str, t.Any]) -> None:
    """Breaks the cause when the host fails: it must not turn into a fault of the variables."""
    result = act("cluster_config", {}, {}, answer).result
    assert {key: result[key] for key in answer} == answer
    assert "resolved" not in result


@pytest.mark.parametrize(("answer", "hidden"), [({"join_command": "x"}, True), ({"failed": True, "msg": "why"}, False)])
def test_the_join_command_is_hidden_but_not_an_error(
    make_config: t.Callable[..., t.Any], answer: dict[str, t.Any], hidden: bool
) -> None:
    """Breaks when the token is printed, or the reason of a failure is not."""
    variables = {"kubewright_bootstrap_tokens": [{"token": TOKEN}]}
    action = act("join_command", {"config": make_config("1.31.0").data}, variables, answer)
    assert action.result.get("_ansible_no_log", False) is hidden
    assert not hidden or action.result["join_command"] == "x"
    assert action.shipped is not None
    assert action.shipped["preferred_token_ids"] == ["abcdef"]
    assert "0123456789abcdef" not in str(action.shipped)


def test_declared_tokens_reach_the_bootstrap_token_module(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks declared tokens: they travel to the host with their defaults."""
    variables = {"kubewright_bootstrap_tokens": [{"token": TOKEN, "description": "mine"}]}
    action = act("bootstrap_token", {"config": make_config("1.31.0").data}, variables)
    assert action.shipped is not None
    assert [(item["token"], item["description"], item["ttl"]) for item in action.shipped["tokens"]] == [
        (TOKEN, "mine", "24h0m0s")
    ]


CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\nclusterName: from-file\n"


@pytest.mark.parametrize("encrypted", [False, True])
def test_documents_lie_beside_the_playbook(
    node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path, encrypted: bool
) -> None:
    """Breaks kubewright_kubeadm_config as a path: relative to the playbook, and a vault too."""
    secret = VaultSecret(b"open")
    content = VaultLib([("default", secret)]).encrypt(CLUSTER, secret) if encrypted else CLUSTER.encode()
    (tmp_path / "kubeadm.yaml").write_bytes(content)
    variables = {"kubewright_kubeadm_config": "kubeadm.yaml", "kubewright_kubernetes_version": "v1.20.2"}
    result = act("cluster_config", {}, variables, {"facts": node_facts()}, folder=tmp_path).result
    assert result["resolved"]["ClusterConfiguration"]["clusterName"] == "from-file"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "there is no "), ("", "is not a file"), (b"\xff\xfe", "not a text in UTF-8"), (b"a: [", "YAML")],
)
def test_documents_that_cannot_be_read(
    node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path, content: bytes | str | None, reason: str
) -> None:
    """Breaks the message: it is to name the whole path and the reason, without a word on remote files or a traceback."""
    path = tmp_path / "kubeadm.yaml"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.mkdir()
    variables = {"kubewright_kubeadm_config": "kubeadm.yaml"}
    result = act("cluster_config", {}, variables, {"facts": node_facts()}, folder=tmp_path).result
    assert result["failed"]
    assert [fault["path"].split(" (")[0] for fault in result["faults"]] == ["kubewright_kubeadm_config"]
    assert reason in result["msg"]
    assert "remote_src" not in result["msg"]
    assert isinstance(content, bytes) or str(path) in result["msg"]


def test_a_template_that_fails_is_a_fault_beside_others(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks when an undefined variable ends the run with an error of Jinja's, or hides the other faults."""
    variables = {
        "kubewright_cluster_name": trust_as_template("{{ nobody_defined_this }}"),
        "kubewright_bind_port": 0,
    }
    result = act("cluster_config", {}, variables, {"facts": node_facts()}).result
    assert [fault["path"] for fault in result["faults"]] == ["kubewright_cluster_name", "kubewright_bind_port"]


RENDERED = {"inventory_hostname": "cp1", "ansible_host": "192.0.2.10", "kubewright_kubernetes_version": "v1.31.0"}


def _render(check: bool = False, **variables: t.Any) -> dict[str, t.Any]:
    given = {**RENDERED, "kubewright_bootstrap_tokens": [{"token": TOKEN}]}
    given = {**given, **{"kubewright_" + name: value for name, value in variables.items()}}
    resolved = act("cluster_config", {"offline": True}, given)
    assert resolved.shipped is None
    if resolved.result.get("failed"):
        return resolved.result
    action = act("render", {"config": resolved.result["resolved"]}, given, check=check)
    assert action.shipped is None
    return action.result


@pytest.mark.parametrize("secrets", [False, True])
def test_render(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, secrets: bool) -> None:
    """Breaks the rendering: check mode writes, a second run changes something, or secrets come unasked."""
    monkeypatch.chdir(tmp_path)
    planned = _render(check=True, render_dir="out", render_secrets=secrets)
    assert planned["changed"]
    assert not (tmp_path / "out").exists()
    result = _render(render_dir="out", render_secrets=secrets)
    assert (result["changed"], result["folder"]) == (True, str(tmp_path / "out/cp1"))
    written = {str(path.relative_to(tmp_path / "out/cp1")) for path in (tmp_path / "out/cp1").rglob("*.*")}
    assert set(result["written"]) == {path for path in written if (tmp_path / "out/cp1" / path).is_file()}
    assert set(planned["written"]) == set(result["written"])
    assert ("files/etc/kubernetes/pki/ca.key" in result["written"]) is secrets
    assert ("files/etc/kubernetes/admin.conf" in result["written"]) is secrets
    assert "PRIVATE KEY" not in str(result)
    assert TOKEN not in str(result)
    again = _render(render_dir="out", render_secrets=secrets)
    assert (again["changed"], again["written"], again["removed"]) == (False, [], [])


def test_render_without_a_folder() -> None:
    """Breaks the message where the one variable that render needs is missing: it comes with all others."""
    result = _render(bind_port=0)
    assert result["failed"]
    assert [fault["path"] for fault in result["faults"]] == ["kubewright_bind_port", "kubewright_render_dir"]


@pytest.mark.parametrize("place", ["playbook", "inventory", "here"])
def test_where_relative_paths_are_looked_for(
    node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Breaks users of the collection's own playbooks, whose files lie beside their inventory or where they stand."""
    for name in ("playbook", "inventory", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / place / "kubeadm.yaml").write_text(CLUSTER)
    variables = {
        "inventory_dir": str(tmp_path / "inventory"),
        "kubewright_kubeadm_config": "kubeadm.yaml",
        "kubewright_kubernetes_version": "v1.20.2",
    }
    result = act("cluster_config", {}, variables, {"facts": node_facts()}, folder=tmp_path / "playbook").result
    assert result["resolved"]["ClusterConfiguration"]["clusterName"] == "from-file"


def test_documents_as_ansible_hands_them_over(node_facts: t.Callable[..., t.Any]) -> None:
    """Breaks YAML text in an inventory: Ansible's strings are of a type of their own, which libyaml does not read."""
    variables = {
        "kubewright_kubeadm_config": trust_as_template(CLUSTER),
        "kubewright_kubernetes_version": "v1.20.2",
    }
    result = act("cluster_config", {}, variables, {"facts": node_facts()}).result
    assert result["resolved"]["ClusterConfiguration"]["clusterName"] == "from-file"


MEM = {
    "name": "Mem",
    "severity": "error",
    "passed": False,
    "found": "1 MB",
    "wanted": "1700 MB",
    "cure": "Give it more.",
}
IDENTITY = {"hostname": "cp1", "node_name": "cp1", "machine_id": "x", "product_uuid": None}


@pytest.mark.parametrize(
    ("arguments", "ignored", "ahead", "failed", "warnings"),
    [
        ({}, False, 0.0, True, []),
        ({}, True, 0.0, False, ["waived error Mem"]),
        ({"fail": False}, False, 90.0, False, []),
        ({}, False, 90.0, True, ["warning ClockSkew"]),
        ({"ignore": "Mem,clockskew"}, True, 90.0, False, ["waived error Mem", "warning ClockSkew"]),
    ],
)
def test_preflight_is_judged(
    make_config: t.Callable[..., t.Any],
    arguments: dict[str, t.Any],
    ignored: bool,
    ahead: float,
    failed: bool,
    warnings: list[str],
) -> None:
    """Breaks when an error passes unwaived, fails where it was only to be reported, or the host's clock is not compared."""
    answer = {
        "changed": False,
        "checks": [dict(MEM, ignored=ignored)],
        "identity": dict(IDENTITY, clock=time.time() + ahead),
    }
    result = act("preflight_check", dict(arguments, config=make_config("1.31.0").data), {}, answer).result
    assert bool(result.get("failed")) == failed
    assert [text.split(":")[0] for text in result.get("warnings", [])] == warnings
    clock = result["checks"][-1]
    assert (clock["name"], clock["passed"]) == ("ClockSkew", ahead == 0.0)
    assert clock["ignored"] == ("ignore" in arguments)
    assert len(result["identity"]["clock_offset"]) == 2
    if failed:
        assert result["msg"] == (
            "preflight: 1 check failed; nothing was changed.\n- Mem: found 1 MB; wanted 1700 MB. Give it more."
        )


@pytest.mark.parametrize("name", ["preflight_check", "cluster_config"])
def test_warnings_of_the_module_are_kept(
    make_config: t.Callable[..., t.Any], node_facts: t.Callable[..., t.Any], name: str
) -> None:
    """Breaks when warnings of the module are lost, or the list is changed that they came in: it is ansible-core's own."""
    given = ["of the host"]
    row = dict(MEM, severity="warning", ignored=False)
    answer = {"warnings": given, "checks": [row], "identity": IDENTITY, "facts": node_facts()}
    arguments = {"config": make_config("1.31.0").data} if name != "cluster_config" else {}
    result = act(name, arguments, {"kubewright_certificate_validity_period": "87601h"}, answer).result
    assert (given, result["warnings"][0], len(result["warnings"])) == (["of the host"], "of the host", 2)


def test_preflight_that_did_not_run(make_config: t.Callable[..., t.Any]) -> None:
    """Breaks with a traceback where the host is out of reach, or another user than root has nothing to compare."""
    config = make_config("1.31.0").data
    assert act("preflight_check", {"config": config}, {}, {"unreachable": True}).result["unreachable"]
    answer = {"checks": [dict(MEM, ignored=False)], "identity": {}}
    assert len(act("preflight_check", {"config": config}, {}, answer).result["checks"]) == 1


def test_preflight_report(
    make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Breaks when the table is not printed, the files are not written, or a host out of reach passes."""
    config = make_config("1.31.0").data
    passing = {"checks": [dict(MEM, passed=True, ignored=False)], "identity": {}}
    hostvars = {
        "cp1": {"__preflight_config": {"resolved": config}, "__preflight_result": passing},
        "cp2": {"__preflight_config": {"unreachable": True, "msg": "no route"}},
    }
    names = {"config": "__preflight_config", "preflight": "__preflight_result"}
    arguments = {"hosts": ["cp1"], "directory": str(tmp_path / "report"), "registered": names}
    result = act("preflight_report", arguments, {"hostvars": hostvars}).result
    assert not result.get("failed")
    assert {pathlib.Path(path).name for path in result["written"]} == {
        "preflight.json",
        "preflight.xml",
        "preflight.html",
    }
    assert "cp1" in capsys.readouterr().out
    result = act("preflight_report", dict(arguments, hosts=["cp1", "cp2"]), {"hostvars": hostvars}).result
    assert result["failed"]
    assert result["msg"] == "preflight_report: 1 of 2 hosts are not ready: cp2"
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = act("preflight_report", dict(arguments, directory=str(tmp_path / "file/x")), {"hostvars": hostvars}).result
    assert result["failed"]
    assert result["msg"].startswith("preflight_report: ")


def test_given_cas_are_read_on_the_controller(make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks when the files of the user's own CA are not found beside the playbook, or do not reach the host."""
    (tmp_path / "ca.crt").write_text("-----BEGIN CERTIFICATE-----\nx\n", encoding="ascii")
    (tmp_path / "ca.key").write_text("-----BEGIN PRIVATE KEY-----\ny\n", encoding="ascii")
    variables = {"kubewright_ca_files": {"etcd": {"cert": "ca.crt", "key": "ca.key"}, "kubernetes": {"cert": "ca.crt"}}}
    action = act("pki_generate", {"config": make_config("1.31.0").data}, variables, folder=tmp_path)
    assert action.shipped is not None
    shipped = {item["path"]: (item["source"], item["key"]) for item in action.shipped["authorities"]}
    assert shipped == {
        "etcd/ca": ("kubewright_ca_files.etcd", "-----BEGIN PRIVATE KEY-----\ny\n"),
        "ca": ("kubewright_ca_files.kubernetes", None),
    }


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (
            {"kubernetes": {"cert": "absent.crt"}},
            "kubewright_ca_files.kubernetes.cert: found absent.crt, which cannot be read",
        ),
        (
            {"etcd": {"cert": "text", "key": "text"}},
            "kubewright_ca_files.etcd.key: found text, which holds something else",
        ),
        ({"etcd": {"key": "text"}}, "kubewright_ca_files.etcd.cert"),
        ({"other": {"cert": "text"}}, "kubewright_ca_files.other: found an unknown key"),
    ],
)
def test_given_cas_that_are_none(
    tmp_path: pathlib.Path, node_facts: t.Any, files: dict[str, t.Any], fault: str
) -> None:
    """Breaks when a wrong file is found out only after other phases have changed the host."""
    (tmp_path / "text").write_text("nothing of the kind", encoding="ascii")
    variables = {"kubewright_ca_files": files, "kubewright_kubernetes_version": "1.31.0", "inventory_hostname": "cp1"}
    result = act("cluster_config", {}, variables, {"facts": node_facts()}, folder=tmp_path).result
    assert result["failed"]
    assert fault in result["msg"]


def test_certs_report(
    make_config: t.Callable[..., t.Any], tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Breaks when the table is not printed, the file is not written, or what is not well or out of reach passes."""
    config = {"resolved": make_config("1.31.0").data}
    wrong = {"certificates": [certificates_fleet.WRONG._asdict()]}
    hostvars = {
        "cp1": {"__certs_config": config, "__certs_result": {"certificates": [certificates_fleet.CA._asdict()]}},
        "cp2": {"__certs_config": {"unreachable": True, "msg": "no route"}},
        "cp3": {"__certs_config": config, "__certs_result": wrong, "kubewright_cluster": "prod"},
    }
    names = {"config": "__certs_config", "certificates": "__certs_result"}
    arguments = {"hosts": ["cp1"], "directory": str(tmp_path / "report"), "registered": names}
    result = act("certs_report", arguments, {"hostvars": hostvars}).result
    assert not result.get("failed")
    assert (result["changed"], result["written"]) == (False, [str(tmp_path / "report/certificates.json")])
    assert "pki/ca.crt" in capsys.readouterr().out
    result = act("certs_report", {"hosts": ["cp1", "cp2", "cp3"], "registered": names}, {"hostvars": hostvars}).result
    assert (result["failed"], result["written"]) == (True, [])
    assert result["msg"] == "certs_report: 2 of 3 hosts need attention: cp2, cp3"
    (tmp_path / "file").write_text("", encoding="utf-8")
    arguments["directory"] = str(tmp_path / "file/x")
    result = act("certs_report", arguments, {"hostvars": hostvars}).result
    assert result["failed"]
    assert result["msg"].startswith("certs_report: ")
