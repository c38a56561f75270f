# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certs_info on the controller: what was read, judged by what is declared, and no key anywhere."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import read
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.question import question

MakeConfig = t.Callable[..., Config]


@pytest.fixture
def config(make_config: MakeConfig) -> Config:
    """A configuration."""
    return make_config("1.31.0", encryption_algorithm="ECDSA-P256")


def _facts(config: Config, root: pathlib.Path) -> dict[str, t.Any]:
    host = Host(lambda _argv: Result(127, "", ""), str(root))
    return {"files": {}, "credentials": read(host, question(config), datetime.datetime.now(datetime.timezone.utc))}


def test_every_certificate_is_judged(config: Config, tmp_path: pathlib.Path, sound: pathlib.Path) -> None:
    """Breaks reports: a file is left out, or one that is missing counts as well."""
    shutil.copytree(sound, tmp_path / config.certificates_dir[1:])
    (tmp_path / config.certificates_dir[1:] / "etcd/peer.crt").unlink()
    result = act("certs_info", {"config": config.data, "read": _facts(config, tmp_path)}, {}).result
    found = {item["path"].removeprefix("/etc/kubernetes/pki/"): item["status"] for item in result["certificates"]}
    assert not result["changed"]
    assert (found["ca.crt"], found["apiserver.crt"], found["etcd/peer.crt"]) == ("ok", "ok", "missing")
    assert found["/etc/kubernetes/admin.conf"] == "missing"


def test_the_users_own_ca(make_config: MakeConfig, tmp_path: pathlib.Path, sound: pathlib.Path) -> None:
    """Breaks reports on a host with another CA than the declared one, or lets the CA's key into the result."""
    shutil.copytree(sound, tmp_path / "etc/kubernetes/pki")
    for name in ("front-proxy-ca.crt", "front-proxy-ca.key"):
        shutil.copy(sound / name, tmp_path / name)

    def info(**files: str) -> dict[str, t.Any]:
        config = make_config("1.31.0", encryption_algorithm="ECDSA-P256", ca_files={"kubernetes": files})
        arguments = {"config": config.data, "read": _facts(config, tmp_path)}
        return act("certs_info", arguments, {}, folder=tmp_path).result

    result = info(cert="front-proxy-ca.crt", key="front-proxy-ca.key")
    [ca] = [item for item in result["certificates"] if item["path"] == "/etc/kubernetes/pki/ca.crt"]
    assert (ca["status"], "is another CA" in ca["reason"]) == ("wrong", True)
    assert "PRIVATE KEY" not in str(result)
    assert "kubewright_ca_files.kubernetes.cert" in info(cert="absent.crt")["msg"]
