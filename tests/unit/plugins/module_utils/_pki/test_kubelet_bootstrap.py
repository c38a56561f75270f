# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A kubelet that asks for its certificate."""

from __future__ import annotations

import datetime
import pathlib

import pytest
from node_identity import CONF, PEM, SERVER, Joined

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import kubelet_service
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import read_kubeconfig
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_bootstrap import begin, end
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubelet_identity import BOOTSTRAP_PATH

TOKEN = "abcdef.0123456789abcdef"


@pytest.fixture(name="node")
def fixture_node(
    tmp_path: pathlib.Path, sound: pathlib.Path, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> Joined:
    """A host with the kubelet's service."""
    monkeypatch.setattr(kubelet_service, "find_command", lambda name: f"/bin/{name}")
    return Joined(tmp_path, sound, now)


def test_it_begins(node: Joined) -> None:
    """Breaks the join: the kubelet takes the old file, or anybody can read the token."""
    node.join()
    begin(node.host, node.cluster, TOKEN, preferences=False)
    state = node.host.file(BOOTSTRAP_PATH)
    assert state is not None
    found = read_kubeconfig(state.content.decode())
    assert (found.server, found.user, state.mode) == (SERVER, {"token": TOKEN}, 0o600)
    assert not node.host.exists(CONF)
    # With a certificate that is there it would ask for none.
    assert not node.host.exists(PEM)
    assert node.calls == ["show", "stop"]


def test_it_ends(node: Joined) -> None:
    """Breaks the join: the token stays on the host, or nobody waits until the kubelet has its certificate."""
    begin(node.host, node.cluster, TOKEN, preferences=False)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            # The kubelet of 1.14 and later writes it before it has a certificate.
            node.put(CONF, node.kubeconfig())
        if len(slept) == 3:
            # It is just being put there.
            (node.root / PEM[1:]).mkdir(parents=True)
        if len(slept) == 4:
            (node.root / PEM[1:]).rmdir()
            node.join()

    assert end(node.host, node.cluster, "worker1", 60.0, sleep, lambda: sum(slept), lambda: node.now)
    assert len(slept) == 4
    assert not node.host.exists(BOOTSTRAP_PATH)
    assert not end(node.host, node.cluster, "worker1", 60.0, sleep, lambda: sum(slept), lambda: node.now)


@pytest.mark.parametrize(("name", "words"), [(None, "it is absent"), ("system:node:other", "it is of other")])
def test_one_that_gets_none(node: Joined, name: str | None, words: str) -> None:
    """Breaks the cause, and leaves the token on the host."""
    begin(node.host, node.cluster, TOKEN, preferences=False)
    slept: list[float] = []
    if name is not None:
        node.join()
        node.put("/var/lib/kubelet/pki/kubelet-client-current.pem", node.certificate(name))
    with pytest.raises(KubewrightError, match=f"no certificate after 5 s: {CONF}: {words}.*kubectl get csr"):
        end(node.host, node.cluster, "worker1", 5.0, slept.append, lambda: sum(slept), lambda: node.now)
    assert not node.host.exists(BOOTSTRAP_PATH)
