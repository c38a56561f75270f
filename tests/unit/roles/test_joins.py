# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the roles that join hand on from one phase to another."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from any_core import trust_as_template

ROLES = pathlib.Path(__file__).parents[3] / "roles"
UNREAD = (None, "")
CONFIG = "/var/lib/kubelet/config.yaml"
KUBELET = {"active": True, "disabled": False, "error": ""}
READ = {"files": {CONFIG: {"digest": "d"}}, "kubelet": KUBELET}
SETTLED = {**READ, "settled": "m"}
STOPPED = {"files": READ["files"], "kubelet": {**KUBELET, "active": False}}
CREDENTIALS = {**READ, "credentials": {"a": 1}}


def _block(role: str) -> dict[str, t.Any]:
    tasks = yaml.safe_load((ROLES / role / "tasks/main.yml").read_text())
    return next(task for task in tasks if "block" in task)


def _value(role: str, name: str, **known: t.Any) -> t.Any:
    """A variable of a role's block, where some results are known."""
    defaults = yaml.safe_load((ROLES / "config/defaults/main.yml").read_text())
    own = {
        key: trust_as_template(value) if isinstance(value, str) else value
        for key, value in _block(role)["vars"].items()
    }
    variables = {**defaults, "__shared_certs_result": {"skipped": True}, **own, **known}
    return Templar(loader=DataLoader(), variables=variables).template(trust_as_template("{{ " + name + " }}"))


def _read(**facts: t.Any) -> dict[str, t.Any]:
    return {"__init_read_result": {"facts": facts}}


@pytest.mark.parametrize("role", ["join_control_plane", "join_worker"])
@pytest.mark.parametrize("of_kubelet", [READ, SETTLED])
def test_a_kubelet_that_is_given_a_token_stands_still(role: str, of_kubelet: dict[str, t.Any]) -> None:
    """Breaks the join of a host with a kubelet of before: what was read says that it runs, so nobody starts it again."""
    facts = {"kubelet_start": of_kubelet, **({"certs": READ} if role == "join_control_plane" else {})}
    assert _value(role, "__read_of_kubelet", __joins=True, **_read(**facts)) == STOPPED
    assert _value(role, "__read_of_kubelet", __joins=False, **_read(**facts)) == of_kubelet


@pytest.mark.parametrize("role", ["join_control_plane", "join_worker"])
def test_without_a_phase(role: str) -> None:
    """Breaks a run without certs, or without kubelet_start: the template fails, or what was not read is taken for known."""
    assert _value(role, "__read_of_kubelet", __joins=True, **_read(kubelet_start=SETTLED)) == STOPPED
    assert _value(role, "__read_of_kubelet", __joins=True, **_read(certs=READ)) in UNREAD


@pytest.mark.parametrize("failed", [True, False])
def test_a_mark_that_failed_is_made_again(failed: bool) -> None:
    """Breaks the join of a node that is registered late: what was tried before that counts."""
    came = {"mark": "m", "failed": True} if failed else {"mark": "m", "changed": True}
    tasks = {task["name"]: task for task in _block("join_control_plane")["block"]}
    carried = tasks["Mark the node as a control plane"]["kubewright.control_plane.kube_apply"]["carried"]
    known = {"__wait_apiserver_result": {"carried": {"mark_control_plane": came}}}
    found = _value("join_control_plane", carried.strip("{} "), **known)
    assert found in UNREAD if failed else found == came


@pytest.mark.parametrize("has", [True, False])
def test_what_was_read_says_nothing_of_certificates_that_were_given(has: bool) -> None:
    """Breaks the certificates: they are planned as if the CAs were not there, which have just been written."""
    absent: dict[str, t.Any] = {"__control_plane_config_result": {"absent_shared_certs": [] if has else ["ca.crt"]}}
    known = {**absent, **_read(certs=CREDENTIALS, kubeconfig=READ)}
    found = _value("join_control_plane", "__read_of_certs", **known)
    assert found == (CREDENTIALS if has else {**READ, "credentials": None})
    assert _value("join_control_plane", "__read_of_kubeconfigs", **known) == (READ if has else {"files": {}})
    nothing = {**absent, **_read()}
    assert _value("join_control_plane", "__read_of_certs", **nothing) in UNREAD


CHANGING = ("kubelet_start", "component_restart")


@pytest.mark.parametrize(
    ("role", "name"),
    [
        *(("join_worker", name) for name in CHANGING),
        *(("join_control_plane", name) for name in (*CHANGING, "shared_certs_written", "certs", "etcd", "audit")),
    ],
)
def test_what_was_read_says_nothing_of_what_has_changed(role: str, name: str) -> None:
    """Breaks the wait: what was well before the change counts as well."""
    written = {"__shared_certs_written_result": {"skipped": True}}
    results = {**written, "__joins": False, f"__{name}_result": {"changed": True}}
    assert _value(role, "__has_changed", **results) is True
    assert _value(role, "__has_changed", **{**results, f"__{name}_result": {"skipped": True}}) is False
    assert _value(role, "__has_changed", __joins=True) is True


@pytest.mark.parametrize(
    ("manifests", "skipped", "carries"),
    [([], [], True), ([], ["addon"], True), (["etcd"], [], False), (None, [], False), ([], ["etcd"], False)],
)
def test_what_is_started_at_once(manifests: list[str] | None, skipped: list[str], carries: bool) -> None:
    """Breaks the member of etcd: where something of before may start, it does so as soon as the member is added."""
    answers = {"wait_control_plane": {"manifests": manifests}} if manifests is not None else {}
    known = {"__config": {"skipPhases": skipped}, **_read(wait_control_plane={"files": {}, "answers": answers})}
    found = _value("join_control_plane", "__with_token", **known)
    assert found == (["etcd", "control_plane", "kubelet_start"] if carries else [])


@pytest.mark.parametrize("role", ["join_control_plane", "join_worker"])
def test_check_mode_of_a_play(role: str) -> None:
    """Breaks plan.yml, whose plays are in check mode themselves: the variable of Ansible tells the option alone."""
    assert "ansible_check_mode" not in (ROLES / role / "tasks/main.yml").read_text()
