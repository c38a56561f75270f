# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CAs that the user gives, as pki_generate ships them."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import typing as t

from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question


def test_given_cas_are_read_on_the_controller(
    make_config: t.Callable[..., t.Any], sound: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """Breaks when the files of the user's own CA are not found beside the playbook, or do not reach the host."""
    for name in ("ca.crt", "ca.key"):
        shutil.copy(sound / name, tmp_path / name)
    key = (sound / "ca.key").read_text(encoding="ascii")
    files = {"etcd": {"cert": "ca.crt", "key": "ca.key"}, "kubernetes": {"cert": "ca.crt"}}
    variables = {"inventory_hostname": "cp1"}
    config = make_config("1.31.0", ca_files=files, csr_dir=str(tmp_path / "csr"))
    host = Host(lambda _argv: Result(127, "", ""), str(tmp_path / "host"))
    facts = read(host, question(config), datetime.datetime.now(datetime.timezone.utc))
    answers = ({"facts": {"files": {}, "credentials": facts}}, {"changed": True, "requests": {}, "signed": {}})
    action = act("pki_generate", {"config": config.data}, variables, *answers, folder=tmp_path)
    assert action.shipped is not None
    assert action.shipped["private_keys"] == {"/etc/kubernetes/pki/etcd/ca.key": key}
    written = [change for change in action.shipped["changes"] if change["kind"] == "write_authority"]
    assert [change["certificate_path"] for change in written] == [
        "/etc/kubernetes/pki/ca.crt",
        "/etc/kubernetes/pki/etcd/ca.crt",
    ]
    assert not [change for change in action.shipped["changes"] if "PRIVATE KEY" in str(change)]
