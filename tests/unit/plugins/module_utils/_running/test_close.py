# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ends a run, found out and done on the host."""

from __future__ import annotations

import datetime
import fcntl
import json
import pathlib
import shutil
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service, lock
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_conf import PATH
from ansible_collections.kubewright.control_plane.plugins.module_utils._running import close as module
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.close import close, kubelet_conf_changes
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import (
    reference,
    rotated_certificate,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import arguments
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.kubelet_conf import plan_kubelet_conf
from credentials_made import KUBECONFIGS, make

JOIN = {"api": {"server": "https://192.0.2.10:6443", "timeout": 60.0}, "ca": "/etc/kubernetes/pki/ca.crt"}


class Node(t.NamedTuple):
    """A host whose kubeconfigs were just made. argvs: the commands that were run on it."""

    root: pathlib.Path
    config: Config
    now: datetime.datetime
    host: Host
    argvs: list[list[str]]

    def rotate(self) -> None:
        """The kubelet has a certificate of its own."""
        path = self.root / rotated_certificate(self.config)[1:]
        path.parent.mkdir(parents=True)
        path.write_text("what the kubelet has asked for")


@pytest.fixture
def node(
    make_config: t.Callable[..., Config],
    tmp_path: pathlib.Path,
    sound: pathlib.Path,
    now: datetime.datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> Node:
    """Before the kubelet has a certificate of its own."""
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256")
    shutil.copytree(sound, tmp_path / config.certificates_dir[1:])
    make(config, now, KUBECONFIGS, str(tmp_path))
    argvs: list[list[str]] = []
    monkeypatch.setattr(kubelet_service, "find_command", lambda name: "/bin/" + name)

    def run(argv: t.Sequence[str]) -> Result:
        argvs.append(list(argv))
        return Result(0, "", "")

    return Node(tmp_path, config, now, Host(run, str(tmp_path)), argvs)


def test_the_host_finds_what_the_controller_would(node: Node) -> None:
    """Breaks the first run, whose kubelet.conf would be another one than that of every later run."""
    wanted = reference(node.config)
    assert kubelet_conf_changes(node.host, wanted) == []
    node.rotate()
    facts = folder_facts(node.config, str(node.root), node.now)
    planned = arguments(plan_kubelet_conf(wanted, facts, check=False))
    found = kubelet_conf_changes(node.host, wanted)
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(planned))


def test_kubelet_conf_is_written_once(node: Node) -> None:
    """Breaks the phase kubelet_finalize of a first run, its diff, or idempotence."""
    node.rotate()
    asked = {"kubelet_conf": reference(node.config)._asdict(), "lock_timeout": 5.0}
    carried: dict[str, t.Any] = {}
    assert close(asked, node.host, carried) is None
    result = carried["kubelet_finalize"]
    assert (result["changed"], result["stale"], result["seconds"] >= 0) == (True, [], True)
    assert result["diff"][0]["before"] == "client certificate: embedded\n"
    assert ["/bin/systemctl", "restart", kubelet_service.UNIT] in node.argvs
    document = yaml.safe_load((node.root / PATH[1:]).read_text())
    assert document["users"][0]["user"]["client-certificate"] == rotated_certificate(node.config)
    node.argvs.clear()
    close(asked, node.host, carried)
    assert (carried["kubelet_finalize"]["changed"], node.argvs) == (False, [])


def test_what_is_no_kubeconfig(node: Node) -> None:
    """Breaks the message where somebody has damaged the file: the phase counts as done."""
    (node.root / PATH[1:]).write_text("nonsense")
    carried: dict[str, t.Any] = {}
    close({"kubelet_conf": reference(node.config)._asdict(), "lock_timeout": 5.0}, node.host, carried)
    text = carried["kubelet_finalize"]["msg"]
    assert text.startswith(f"kubelet_finalize: {PATH} is not a kubeconfig")
    assert text.endswith("Run the kubeconfig phase first.")


def test_a_file_that_cannot_be_read(node: Node) -> None:
    """Breaks the wait, which has applied the objects: what came of them would be lost."""
    (node.root / PATH[1:]).unlink()
    (node.root / PATH[1:]).mkdir()
    carried: dict[str, t.Any] = {"addons": {"changed": True}}
    close({"kubelet_conf": reference(node.config)._asdict(), "lock_timeout": 5.0}, node.host, carried)
    assert (carried["addons"]["changed"], carried["kubelet_finalize"]["failed"]) == (True, True)


def test_another_run_is_at_work(node: Node) -> None:
    """Breaks two runs on one host: both would write kubelet.conf and restart the kubelet."""
    node.rotate()
    before = (node.root / PATH[1:]).read_bytes()
    carried: dict[str, t.Any] = {}
    path = node.root / lock.HOST[1:]
    path.parent.mkdir()
    with path.open("w", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        close({"kubelet_conf": reference(node.config)._asdict(), "lock_timeout": 0.1}, node.host, carried)
    result = carried["kubelet_finalize"]
    assert (result["failed"], "another run is at work" in result["msg"]) == (True, True)
    assert ((node.root / PATH[1:]).read_bytes(), node.argvs) == (before, [])


def test_without_a_kubeconfig(node: Node) -> None:
    """Breaks a host on which the phase kubeconfig was left out."""
    node.rotate()
    (node.root / PATH[1:]).unlink()
    assert kubelet_conf_changes(node.host, reference(node.config)) == []


def test_how_nodes_join(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the join command of a first run; an API server that cannot be asked is for the phase itself to say."""
    monkeypatch.setattr(module, "admin_client", lambda _api, waits: None)
    found = close({"join": {**JOIN, "preferred_token_ids": [], "withhold_token": False}}, node.host, {})
    assert found is not None
    assert (found["answers"], found["ca_hash"][:7]) == (False, "sha256:")

    def refused(*_arguments: t.Any, **_more: t.Any) -> None:
        raise KubewrightError("refused")

    monkeypatch.setattr(module, "admin_client", refused)
    assert close({"join": {**JOIN, "preferred_token_ids": [], "withhold_token": False}}, node.host, {}) is None
