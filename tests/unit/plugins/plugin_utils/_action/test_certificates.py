# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of a host's certificates: what an earlier task has read, and a trip where that is not enough."""

from __future__ import annotations

import copy
import datetime
import pathlib
import shutil
import typing as t

import pytest
from acting import Action, act

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question

MakeConfig = t.Callable[..., Config]


def _facts(config: Config, root: pathlib.Path) -> dict[str, t.Any]:
    host = Host(lambda _argv: Result(127, "", ""), str(root))
    return {"files": {}, "credentials": read(host, question(config), datetime.datetime.now(datetime.timezone.utc))}


def _info(config: Config, earlier: t.Any, *answers: dict[str, t.Any]) -> Action:
    return act("certs_info", {"config": config.data, **({} if earlier is None else {"read": earlier})}, {}, *answers)


@pytest.fixture
def config(make_config: MakeConfig) -> Config:
    """A configuration."""
    return make_config("1.31.0", encryption_algorithm="ECDSA-P256")


@pytest.fixture
def facts(config: Config, tmp_path: pathlib.Path, sound: pathlib.Path) -> dict[str, t.Any]:
    """Those of a host with certificates and without kubeconfigs."""
    shutil.copytree(sound, tmp_path / config.certificates_dir[1:])
    return _facts(config, tmp_path)


def test_what_was_read_before_is_not_read_again(config: Config, facts: dict[str, t.Any]) -> None:
    """Breaks the time of a run that reads once for all of its phases."""
    before = copy.deepcopy(facts)
    action = _info(config, facts)
    assert action.trips == []
    assert {item["status"] for item in action.result["certificates"] if "/pki/ca.crt" in item["path"]} == {"ok"}
    assert facts == before


def test_what_was_not_read_is_asked_for(config: Config, make_config: MakeConfig, facts: dict[str, t.Any]) -> None:
    """Breaks with a traceback where the earlier task read for other files, or no certificates at all."""
    jane = make_config("1.31.0", kubeconfigs=[{"name": "jane", "location": "host", "path": "/srv/jane.conf"}])
    for earlier, of in ((None, config), ({"files": {}}, config), (facts, jane)):
        action = _info(of, earlier, {"facts": facts})
        assert [name for name, _arguments in action.trips] == ["host_read"]
        assert action.shipped == {"config": {}, "credentials": question(of)}
        assert bool(action.result.get("failed")) is (of is jane)


@pytest.mark.parametrize("read_before", [{}, {"files": 1}, {"files": {}, "credentials": "x"}])
def test_facts_that_are_none(config: Config, read_before: dict[str, t.Any]) -> None:
    """Breaks with a traceback where something else is passed."""
    result = _info(config, read_before).result
    assert result["failed"]
    assert result["msg"].startswith("certs: read: pass the facts")


@pytest.mark.parametrize("answer", [{"unreachable": True}, {"failed": True, "msg": "why"}])
def test_a_host_that_cannot_be_asked(config: Config, answer: dict[str, t.Any]) -> None:
    """Breaks the cause: all certificates would be reported as missing."""
    result = _info(config, None, answer).result
    assert {key: result[key] for key in answer} == answer
    assert "certificates" not in result


def test_a_host_that_cannot_read_certificates(config: Config) -> None:
    """Breaks the cure where python3-cryptography is missing, said by this task or by the one before."""
    answer = {"facts": {"files": {}, "credentials": {"error": "python3-cryptography cannot be used"}}}
    for earlier, answers in ((None, [answer]), (answer["facts"], [])):
        result = _info(config, earlier, *answers).result
        assert result["msg"] == "certs: python3-cryptography cannot be used"
