# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a kubelet can log in to its cluster."""

from __future__ import annotations

import datetime
import pathlib

import pytest
from node_identity import CONF, PEM, SERVER, Joined

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_identity import identity, node_of


@pytest.fixture(name="node")
def fixture_node(tmp_path: pathlib.Path, sound: pathlib.Path, now: datetime.datetime) -> Joined:
    """A worker that has joined."""
    node = Joined(tmp_path, sound, now)
    node.join()
    return node


def test_one_that_can(node: Joined) -> None:
    """Breaks every run on a cluster that is there: each node asks for a certificate anew."""
    assert identity(node.host, node.cluster.ca, node.now) == (None, "worker1", SERVER)


def test_what_is_wrong(node: Joined, sound: pathlib.Path) -> None:
    """Breaks a host that was moved to another cluster, or was off for a year: its kubelet never comes up."""

    def problem() -> str | None:
        return identity(node.host, node.cluster.ca, node.now).problem

    other = (sound / "front-proxy-ca.crt").read_text(encoding="utf-8")
    for text, words in (
        (node.kubeconfig(ca=other), "it names another CA"),
        ("damaged", "it is not a kubeconfig with a usable current context"),
    ):
        node.put(CONF, text)
        assert problem() == words
    node.put(CONF, node.kubeconfig())
    for pem, words in (
        (node.certificate("admin"), "its certificate is of admin, which is no node"),
        (b"damaged", "its certificate cannot be read"),
        (node.certificate(is_foreign=True), "its certificate is of another CA"),
    ):
        node.put(PEM, pem)
        assert problem() == words
    node.put(PEM, node.certificate())
    later = node.now + datetime.timedelta(days=2)
    assert identity(node.host, node.cluster.ca, later) == ("its certificate has expired", "worker1", SERVER)
    (node.root / PEM[1:]).unlink()
    assert problem() == "its certificate is absent"
    (node.root / CONF[1:]).unlink()
    assert problem() == "it is absent"


def test_which_node_it_is(node: Joined) -> None:
    """Breaks the reset: another node than the host's own is taken out of the cluster, or a damaged file is a traceback."""
    assert node_of(node.host, node.now) == ("worker1", node.cluster.ca)
    node.host.write(CONF, b"damaged", 0o600)
    assert node_of(node.host, node.now) == ("", "")
    node.host.write("/etc/kubernetes/pki/ca.crt", node.cluster.ca.encode(), 0o600)
    node.host.remove(CONF)
    assert node_of(node.host, node.now) == ("", node.cluster.ca)
