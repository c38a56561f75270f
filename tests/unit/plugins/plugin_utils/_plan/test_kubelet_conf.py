# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kubelet.conf, by what was read of it."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import apply
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.host import Host
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.in_folder import folder_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import reference
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.changes import (
    Change,
    StartKubelet,
    WriteFile,
    arguments,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.kubelet_conf import plan_kubelet_conf
from credentials_made import finalized_text, make

ROTATED = "var/lib/kubelet/pki/kubelet-client-current.pem"
CONF = "etc/kubernetes/kubelet.conf"


class Kubelet(t.NamedTuple):
    """A host whose kubeconfigs were just made. root: the folder that stands for C(/)."""

    root: pathlib.Path
    config: Config
    now: t.Any

    def plan(self, check: bool = False) -> list[Change]:
        """What changes."""
        facts = folder_facts(self.config, str(self.root), self.now)
        return plan_kubelet_conf(reference(self.config), facts, check)

    def rotate(self) -> None:
        """The kubelet has its own certificate."""
        (self.root / ROTATED).parent.mkdir(parents=True)
        (self.root / ROTATED).write_text("what the kubelet has asked for")


@pytest.fixture
def kubelet(tmp_path: pathlib.Path, make_config: t.Callable[..., Config], now: t.Any) -> Kubelet:
    """Before it has a certificate of its own."""
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256")
    make(config, now, root=str(tmp_path))
    return Kubelet(tmp_path, config, now)


def test_the_kubelet_goes_on_with_its_own_certificate(kubelet: Kubelet) -> None:
    """Breaks every node after a year: the embedded certificate ends, and nobody renews it."""
    kubelet.rotate()
    before = (kubelet.root / CONF).read_text()
    planned = kubelet.plan()
    assert [type(change) for change in planned] == [WriteFile, StartKubelet]
    assert isinstance(planned[0], WriteFile)
    assert planned[0].content == finalized_text(before, kubelet.config)
    document = yaml.safe_load(planned[0].content)
    assert document["users"][0]["user"] == dict.fromkeys(("client-certificate", "client-key"), "/" + ROTATED)
    assert document["clusters"] == yaml.safe_load(before)["clusters"]
    host = Host(lambda _argv: Result(127, "", ""), str(kubelet.root))
    applied = apply(host, arguments(planned[:1]), check=False)
    assert applied.stale == []
    # The key of before is in neither side of the diff.
    assert applied.diff[0]["before"] == "client certificate: embedded\n"
    assert applied.diff[0]["after"] == f"client certificate: /{ROTATED}\n"
    assert kubelet.plan() == []


def test_without_a_certificate_of_its_own(kubelet: Kubelet) -> None:
    """Breaks a kubelet without rotation: it would refer to a file that there is not."""
    assert kubelet.plan() == []
    assert kubelet.plan(check=True) == []


def test_a_blank_host(kubelet: Kubelet) -> None:
    """Breaks check mode on a blank host, where the kubelet will have its certificate by the time of this phase."""
    (kubelet.root / CONF).unlink()
    assert kubelet.plan() == []
    assert [type(change) for change in kubelet.plan(check=True)] == [StartKubelet]


def test_what_is_no_kubeconfig(kubelet: Kubelet) -> None:
    """Breaks the message where somebody has damaged the file."""
    (kubelet.root / CONF).write_text("nonsense")
    with pytest.raises(KubewrightError, match=r"kubelet\.conf is not a kubeconfig .* Run the kubeconfig phase first\."):
        kubelet.plan()


def test_a_ca_that_is_a_file(kubelet: Kubelet) -> None:
    """Breaks a kubelet.conf of somebody's own, which names its CA by a path."""
    kubelet.rotate()
    text = (kubelet.root / CONF).read_text()
    data = yaml.safe_load(text)["clusters"][0]["cluster"]["certificate-authority-data"]
    path = "certificate-authority: /etc/kubernetes/pki/ca.crt"
    (kubelet.root / CONF).write_text(text.replace(f"certificate-authority-data: {data}", path))
    assert kubelet.plan() == []
