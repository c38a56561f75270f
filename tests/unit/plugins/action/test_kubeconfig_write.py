# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubeconfig_write on the controller: the kubeconfigs, and no certificate of the folder."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import typing as t

from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question

MakeConfig = t.Callable[..., Config]


def test_only_kubeconfigs_are_made(make_config: MakeConfig, tmp_path: pathlib.Path, sound: pathlib.Path) -> None:
    """Breaks the phase: a certificate of the folder is renewed by it, or a kubeconfig left out."""
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256")
    shutil.copytree(sound, tmp_path / config.certificates_dir[1:])
    (tmp_path / config.certificates_dir[1:] / "apiserver.crt").unlink()
    host = Host(lambda _argv: Result(127, "", ""), str(tmp_path))
    facts = read(host, question(config), datetime.datetime.now(datetime.timezone.utc))
    answers = ({"facts": {"files": {}, "credentials": facts}}, {"changed": True, "requests": {}, "signed": {}})
    variables = {"inventory_hostname": "cp1"}
    action = act("kubeconfig_write", {"config": config.data}, variables, *answers)
    [_read, (module, shipped)] = action.trips
    assert (module, shipped["phase"]) == ("credentials_apply", "kubeconfig")
    assert {change["kind"] for change in shipped["changes"]} == {"issue_certificate"}
    assert [change["kubeconfig"]["path"].rpartition("/")[2] for change in shipped["changes"]] == [
        *("admin.conf", "super-admin.conf", "kubelet.conf", "controller-manager.conf", "scheduler.conf")
    ]
    assert shipped["private_keys"] == {}
