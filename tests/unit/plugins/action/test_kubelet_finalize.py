# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubelet_finalize on the controller: kubelet.conf, in the minors whose kubeadm has the phase."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import typing as t

from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.files import LOOSE
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.close import finalize_mark
from credentials_made import KUBECONFIGS, make

MakeConfig = t.Callable[..., Config]
DONE = {"changed": True, "stale": [], "diff": []}


def _facts(config: Config, root: pathlib.Path) -> dict[str, t.Any]:
    host = Host(lambda _argv: Result(127, "", ""), str(root))
    return {"files": {}, "credentials": read(host, question(config), datetime.datetime.now(datetime.timezone.utc))}


def test_minors_without_the_phase(make_config: MakeConfig) -> None:
    """Breaks hosts of 1.12 to 1.16: their kubelet.conf would be changed, or looked at for nothing."""
    action = act("kubelet_finalize", {"config": make_config("1.12.0").data}, {})
    assert (action.trips, action.result["changed"]) == ([], False)


def test_a_kubelet_that_has_its_certificate(
    make_config: MakeConfig, tmp_path: pathlib.Path, sound: pathlib.Path, now: datetime.datetime
) -> None:
    """Breaks kubelet.conf, whose embedded certificate nobody renews, or changes it before there is another one."""
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256")
    shutil.copytree(sound, tmp_path / config.certificates_dir[1:])
    make(config, now, KUBECONFIGS, str(tmp_path))
    arguments = {"config": config.data, "read": _facts(config, tmp_path)}
    early = act("kubelet_finalize", arguments, {})
    assert (early.trips, early.result["changed"]) == ([], False)
    rotated = tmp_path / "var/lib/kubelet/pki/kubelet-client-current.pem"
    rotated.parent.mkdir(parents=True)
    rotated.write_bytes((sound / "apiserver-kubelet-client.crt").read_bytes())
    [(module, shipped)] = act("kubelet_finalize", {**arguments, "read": _facts(config, tmp_path)}, {}, DONE).trips
    assert (module, shipped["phase"]) == ("host_apply", "kubelet_finalize")
    assert [change["kind"] for change in shipped["changes"]] == ["write_file", "start_kubelet"]
    assert "client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem" in shipped["changes"][0]["content"]


def test_a_kubelet_conf_that_is_going_to_be_made(make_config: MakeConfig) -> None:
    """Breaks the plan of drift and of a first run: the run writes it, and then points it to the kubelet's certificate."""
    path = "/etc/kubernetes/kubelet.conf"
    arguments = {"config": make_config("1.31.0").data, "reasons": {path: "missing"}}
    action = act("kubelet_finalize", arguments, {}, check=True)
    assert (action.trips, action.result["changed"]) == ([], True)
    assert [(row["artefact"], row["action"]) for row in action.result["planned"]] == [
        (path, "change"),
        ("kubelet", "restart"),
    ]
    fixed = make_config("1.31.0", kubelet_configuration={"rotateCertificates": False}).data
    for other in ({"reasons": {path: LOOSE}}, {"reasons": {"apiserver": "missing"}}, {"config": fixed}):
        trips = act("kubelet_finalize", {**arguments, **other}, {}, {"failed": True}, check=True).trips
        assert [name for name, _given in trips] == ["host_read"]


def test_what_was_carried_out_with_the_wait(make_config: MakeConfig) -> None:
    """Breaks the first run: the phase would ask the host again, or count as unchanged; or take another cluster's result."""
    config = make_config("1.31.0")
    carried = {"changed": True, "stale": [], "diff": [], "seconds": 0.2, "mark": finalize_mark(config)}
    action = act("kubelet_finalize", {"config": config.data, "carried": carried}, {})
    assert (action.trips, action.result["changed"]) == ([], True)
    assert (action.result["carried_by"], action.result["seconds"]) == ("wait_control_plane", 0.2)
    for other in ({**carried, "mark": "x"}, {**carried, "stale": ["/etc/kubernetes/kubelet.conf"]}):
        trips = act("kubelet_finalize", {"config": config.data, "carried": other}, {}, {"failed": True}).trips
        assert [name for name, _given in trips] == ["host_read"]


def test_a_blank_host_is_told_what_the_run_tells(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks the plan of a blank host: the run writes kubelet.conf once more, which nobody has foretold."""
    config = make_config("1.31.0")
    foretold = act("kubelet_finalize", {"config": config.data, "read": _facts(config, tmp_path)}, {}, check=True)
    done = {"changed": True, "stale": [], "diff": [], "mark": finalize_mark(config), "seconds": 0.1}
    carried = act("kubelet_finalize", {"config": config.data, "read": {"files": {}}, "carried": done}, {})
    assert foretold.result["planned"] == carried.result["planned"]
    assert [row["action"] for row in carried.result["planned"]] == ["change", "restart"]
