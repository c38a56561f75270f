# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of kubeconfigs."""

from __future__ import annotations

import string
import typing as t

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import kubeconfig_text as _kubeconfig_text


@pytest.mark.parametrize(
    ("text", "data"), [("YQ==", b"a"), ("", None), (None, None), ("!", None), ("YQ", None), ("é", None)]
)
def test_decode_data(text: str | None, data: bytes | None) -> None:
    """Breaks when a damaged field of a kubeconfig ends in a traceback."""
    assert _kubeconfig_text.decode_data(text) == data


SERVER = "https://192.0.2.10:6443"


CONFUSABLE = [
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "true",
    "null",
    "~",
    "1",
    "1e3",
    "0x10",
    "1_000",
    "2020-01-01",
    "a: b",
    "#x",
]


@pytest.mark.parametrize("name", CONFUSABLE)
def test_a_name_that_yaml_could_take_for_something_else_is_quoted(name: str) -> None:
    """Breaks kubectl for a cluster called "on" or "0x10": unquoted, YAML 1.1 (Kubernetes) makes a value of it."""
    text = _kubeconfig_text.kubeconfig_text(name, "admin", SERVER, b"ca", {}, preferences=True)
    assert "  name: %s\n" % name not in text
    assert yaml.safe_load(text)["clusters"][0]["name"] == name


@given(st.text(string.printable[:95], min_size=1, max_size=12))
def test_any_name_survives(name: str) -> None:
    """Breaks kubeconfigs of clusters with unusual names."""
    document = yaml.safe_load(_kubeconfig_text.kubeconfig_text(name, "admin", SERVER, b"ca", {}, preferences=True))
    assert document["clusters"][0]["name"] == name
    assert document["current-context"] == "admin@" + name


def test_cluster_info(host: t.Any) -> None:
    """K10.8: breaks kubeadm join's discovery: a cluster without a name, no user."""
    document = yaml.safe_load(_kubeconfig_text.cluster_info_text(SERVER, b"pem", "null", preferences=False))
    cluster = {"certificate-authority-data": "cGVt", "server": SERVER}
    assert document["clusters"] == [{"cluster": cluster, "name": ""}]
    assert not document["contexts"]
    assert not document["users"]


@pytest.mark.parametrize("text", ["", "[]", "a: b", "current-context: x\ncontexts: null\n", "{", "\tx"])
def test_what_is_no_kubeconfig(text: str) -> None:
    """Breaks when a damaged file ends in a traceback."""
    with pytest.raises(KubewrightError, match="usable current context"):
        _kubeconfig_text.read_kubeconfig(text)
