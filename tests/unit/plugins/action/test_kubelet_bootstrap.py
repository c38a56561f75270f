# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubelet_bootstrap on the controller: what the node has to know, and what is planned."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.proxy_credentials import (
    proxy_credentials,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.phases import plan_of

TOKEN = "abcdef.0123456789abcdef"


@pytest.fixture(name="config")
def fixture_config(make_config: t.Callable[..., Config]) -> dict[str, t.Any]:
    """Of a worker."""
    join = {"server": "https://192.0.2.1:6443", "ca": "CA", "kubelet": "", "problem": "it names another CA"}
    return dict(make_config("1.31.0", node_name="worker1").data, join=join)


def test_what_the_node_is_told(config: dict[str, t.Any]) -> None:
    """Breaks the join: another server, CA or name; or the token is shown."""
    action = act("kubelet_bootstrap", {"config": config, "token": TOKEN}, {})
    ((name, given),) = action.trips
    assert name == "kubelet_bootstrap"
    assert (given["server"], given["ca"], given["node"], given["token"]) == (
        "https://192.0.2.1:6443",
        "CA",
        "worker1",
        TOKEN,
    )
    assert given["preferences"]
    assert action.hidden
    assert action.result["planned"] == [
        {"artefact": "/etc/kubernetes/kubelet.conf", "action": "create", "reason": "it names another CA", "fields": []}
    ]


def test_check_mode_asks_nobody(config: dict[str, t.Any]) -> None:
    """Breaks --check: it needs a token that nobody has made."""
    begins = act("kubelet_bootstrap", {"config": config}, {}, check=True)
    ends = act("kubelet_bootstrap", {"config": config, "state": "absent"}, {}, check=True)
    assert (begins.trips, ends.trips) == ([], [])
    assert (begins.result["changed"], ends.result["changed"]) == (True, False)
    assert (len(begins.result["planned"]), ends.result["planned"]) == (1, [])


def test_the_configuration_of_a_control_plane(make_config: t.Callable[..., Config]) -> None:
    """Breaks with a traceback where somebody calls it by hand."""
    result = act("kubelet_bootstrap", {"config": make_config("1.31.0").data}, {}).result
    assert result["failed"]
    assert "worker_config" in result["msg"]


def _read_by(config: dict[str, t.Any], there: str | None = None) -> dict[str, t.Any]:
    """A host without a kubelet's files. there: a file that it has all the same."""
    paths = plan_of("kubelet_start", Config(config)).paths()
    file = {"meaning": "m", "digest": "d", "mode": 0o600, "uid": 0, "gid": 0}
    files = {path: file if path == there else None for path in paths}
    return {"files": files, "kubelet": {"active": False, "disabled": False, "error": ""}}


def test_what_is_carried_out_with_the_token(config: dict[str, t.Any]) -> None:
    """Breaks the time of a join; or the kubelet's own task does it again, as it does not know what came of it."""
    arguments = {"config": config, "token": TOKEN, "carry": ["kubelet_start"], "carry_read": _read_by(config)}
    came = {"changed": True, "stale": [], "diff": [], "seconds": 0.1}
    action = act("kubelet_bootstrap", arguments, {}, {"changed": True, "carried": {"kubelet_start": came}})
    ((_name, given),) = action.trips
    (item,) = given["files"]
    assert item["phase"] == "kubelet_start"
    assert item["changes"][-1]["kind"] == "start_kubelet"
    carried = action.result["carried"]["kubelet_start"]
    assert carried["carried_by"] == "join"
    start = act("kubelet_start", {"config": config, "read": _read_by(config), "carried": carried}, {})
    assert (start.trips, start.result["started"], start.result["carried_by"]) == ([], True, "join")


@pytest.mark.parametrize("read", [True, False])
def test_what_has_to_be_kept_is_not_carried_out(config: dict[str, t.Any], read: bool) -> None:
    """Breaks the way back: what was there is overwritten before it was kept; or what nobody has read is planned."""
    there = "/var/lib/kubelet/config.yaml"
    more = {"carry_read": _read_by(config, there)} if read else {}
    arguments = {"config": config, "token": TOKEN, "carry": ["kubelet_start"], **more}
    assert act("kubelet_bootstrap", arguments, {}).trips[0][1]["files"] == []


def test_facts_of_something_else(config: dict[str, t.Any]) -> None:
    """Breaks with a traceback where somebody passes what init_read has not returned."""
    arguments = {"config": config, "token": TOKEN, "carry": ["kubelet_start"], "carry_read": {"x": 1}}
    assert "init_read" in act("kubelet_bootstrap", arguments, {}).result["msg"]


def test_the_password_of_a_proxy_is_not_in_the_result(config: dict[str, t.Any]) -> None:
    """Breaks a secret: what is carried out is shown with the password that the user's own variables of a component hold."""
    proxies = {"HTTP_PROXY": "user:s3cret@192.0.2.9:3128"}
    environment = {**config, "node": {**config["node"], "proxy_environment": proxies}}
    assert proxy_credentials(Config(environment)) == ["user:s3cret"]
    came = {"changed": True, "stale": [], "diff": [{"after": "value: user:s3cret@192.0.2.9:3128"}], "seconds": 0.1}
    arguments = {"config": environment, "token": TOKEN, "carry": ["kubelet_start"], "carry_read": _read_by(environment)}
    result = act("kubelet_bootstrap", arguments, {}, {"changed": True, "carried": {"kubelet_start": came}}).result
    assert "192.0.2.9" in str(result["carried"])
    assert "s3cret" not in str(result)
