# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CAs of kubewright_ca_files: their files on the controller, and what is wrong with them."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from acting import act, facts_of_host


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
        (
            {"etcd": {"cert": "text", "key": "encrypted"}},
            "kubewright_ca_files.etcd.key: found encrypted, which needs a passphrase",
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
    (tmp_path / "encrypted").write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", encoding="ascii")
    variables = {"kubewright_ca_files": files, "kubewright_kubernetes_version": "1.31.0", "inventory_hostname": "cp1"}
    result = act("cluster_config", {}, variables, facts_of_host(node_facts()), folder=tmp_path).result
    assert result["failed"]
    assert fault in result["msg"]
