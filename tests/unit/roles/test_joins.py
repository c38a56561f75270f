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
SETTLED = {"files": {}, "settled": "m"}
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
    variables = {**defaults, **own, **known}
    return Templar(loader=DataLoader(), variables=variables).template(trust_as_template("{{ " + name + " }}"))


def _read(**facts: t.Any) -> dict[str, t.Any]:
    return {"__init_read_result": {"facts": facts}}


@pytest.mark.parametrize("role", ["join_control_plane", "join_worker"])
@pytest.mark.parametrize("of_kubelet", [READ, SETTLED])
def test_a_kubelet_that_is_given_a_token_stands_still(role: str, of_kubelet: dict[str, t.Any]) -> None:
    """Breaks the join of a host with a kubelet of before: what was read says that it runs, so nobody starts it again."""
    facts = {"kubelet_start": of_kubelet, **({"certs": READ} if role == "join_control_plane" else {})}
    is_whole = role == "join_control_plane" or of_kubelet is READ
    found = _value(role, "__read_of_kubelet", __joins=True, **_read(**facts))
    assert found == STOPPED if is_whole else found in UNREAD
    assert _value(role, "__read_of_kubelet", __joins=False, **_read(**facts)) == of_kubelet


def test_without_the_phase_that_holds_all_files() -> None:
    """Breaks a run without certs: what was read for the kubelet is taken for a whole."""
    found = _value("join_control_plane", "__read_of_kubelet", __joins=True, **_read(kubelet_start=SETTLED))
    assert found in UNREAD


@pytest.mark.parametrize("has", [True, False])
def test_what_was_read_says_nothing_of_certificates_that_were_given(has: bool) -> None:
    """Breaks the certificates: they are planned as if the CAs were not there, which have just been written."""
    known = {"__control_plane_config_result": {"has_shared_certs": has}, **_read(certs=CREDENTIALS, kubeconfig=READ)}
    found = _value("join_control_plane", "__read_of_certs", **known)
    assert found == (CREDENTIALS if has else {**READ, "credentials": None})
    assert _value("join_control_plane", "__read_of_kubeconfigs", **known) == (READ if has else {"files": {}})
    nothing = {"__control_plane_config_result": {"has_shared_certs": has}, **_read()}
    assert _value("join_control_plane", "__read_of_certs", **nothing) in UNREAD


@pytest.mark.parametrize("name", ["__kubelet_start_result", "__component_restart_result"])
@pytest.mark.parametrize("role", ["join_control_plane", "join_worker"])
def test_what_was_read_says_nothing_of_what_has_changed(role: str, name: str) -> None:
    """Breaks the wait: what was well before the change counts as well."""
    results = {"__joins": False, name: {"changed": True}}
    assert _value(role, "__has_changed", **results) is True
    assert _value(role, "__has_changed", **{**results, name: {"skipped": True}}) is False
    assert _value(role, "__has_changed", __joins=True) is True
