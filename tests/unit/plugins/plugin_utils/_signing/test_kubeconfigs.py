# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kubeconfigs that are kept on the controller: when they are written, and what is never overwritten."""

from __future__ import annotations

import datetime
import pathlib
import stat
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import CLIENT, Certificate
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    kubeconfig_text,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import kubeconfig_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import kubeconfig_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.folder import profile_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.kubelet_kubeconfig import (
    rotated_certificate,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing import kubeconfigs

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
DAYS_30 = 30 * 86400.0


class Controller(t.NamedTuple):
    """Where jane's kubeconfig is to lie, and the CA of the cluster."""

    path: pathlib.Path
    config: Config
    ca: _x509.Pair

    @property
    def ca_pem(self) -> bytes:
        """Its certificate."""
        return _x509.certificate_pem(self.ca.certificate)

    def plan(self, now: datetime.datetime = NOW, everything: bool = False) -> kubeconfigs.KubeconfigsHere:
        """What has to be done."""
        return kubeconfigs.plan(self.config, self.ca_pem, Renewal(now, DAYS_30, everything))

    def reasons(self, now: datetime.datetime = NOW, everything: bool = False) -> list[tuple[str, bool]]:
        """Why jane's has to be written."""
        return [(item.reason, item.due) for item in self.plan(now, everything).steps]

    def write(self, now: datetime.datetime = NOW) -> None:
        """Writes what is planned."""
        for item in self.plan(now, True).steps:
            key = _x509.generate_key("ECDSA-P256")
            wanted = item.kubeconfig.certificate
            certificate = _x509.issue(wanted, self.ca, profile_of(self.config), now, key.public_key())
            kubeconfigs.write(self.config, item.kubeconfig, self.ca_pem, _x509.certificate_pem(certificate), key)


def _ca(config: Config) -> _x509.Pair:
    key = _x509.generate_key("ECDSA-P256")
    return _x509.Pair(_x509.issue_ca("kubernetes", profile_of(config), NOW, key), key)


@pytest.fixture
def controller(
    tmp_path: pathlib.Path, make_config: t.Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> Controller:
    """Jane's path is relative to the working directory."""
    monkeypatch.chdir(tmp_path)
    config = _config(make_config)
    return Controller(tmp_path / "people/jane.conf", config, _ca(config))


def _config(make_config: t.Callable[..., Config], **more: t.Any) -> Config:
    jane = {"name": "jane", "groups": ["dev"], "location": "controller", "path": "people/jane.conf", **more}
    hosted = {"name": "joe", "location": "host", "path": "/srv/joe.conf"}
    return make_config("1.31.0", encryption_algorithm="ECDSA-P256", kubeconfigs=[jane, hosted])


def test_it_is_written_once_and_for_its_owner(controller: Controller) -> None:
    """Breaks the second run, or lets others on the controller act as jane."""
    assert controller.reasons() == [("missing", False)]
    kubeconfigs.refuse_foreign(controller.config)
    controller.write()
    assert stat.S_IMODE(controller.path.stat().st_mode) == 0o600
    content = controller.path.read_bytes()
    contents, pair = read_kubeconfig(content.decode()), kubeconfig_of(kubeconfig_facts(content)).client
    assert pair is not None
    assert comparison.describe(pair.certificate).subject == "O=dev, CN=jane"
    assert pair.key is not None
    assert comparison.is_key_of(pair.key, pair.certificate)
    assert contents.server == "https://192.0.2.10:6443"
    assert controller.plan() == kubeconfigs.NOTHING
    kubeconfigs.refuse_foreign(controller.config)


@pytest.mark.parametrize("in_the_way", ["people", "people/jane.conf"])
def test_a_path_that_cannot_be_used(controller: Controller, in_the_way: str) -> None:
    """Breaks when the user looks on the host for what is on the controller, or does not learn which variable it is."""
    if in_the_way == "people":
        controller.path.parent.write_text("a file")
    else:
        controller.path.mkdir(parents=True)
    with pytest.raises(KubewrightError, match=r"^kubewright_kubeconfigs, on the controller: .*people"):
        controller.write()


def test_what_makes_it_be_written_anew(controller: Controller, make_config: t.Callable[..., Config]) -> None:
    """Breaks jane's access: her groups, the address of the cluster or the time have changed."""
    controller.write()
    changed = controller._replace(config=_config(make_config, groups=["dev", "ops"]))
    assert changed.reasons() == [("organization is dev", False)]
    assert [due for _reason, due in controller.reasons(NOW + datetime.timedelta(days=340))] == [True]
    assert [due for _reason, due in controller.reasons(NOW + datetime.timedelta(days=366))] == [False]
    assert controller.reasons(everything=True) == [("all are renewed", False)]
    controller.path.write_text("")
    assert controller.reasons() == [("is not a kubeconfig with a usable current context", False)]
    controller.write()
    assert controller.plan() == kubeconfigs.NOTHING


def test_a_short_validity_is_renewed_in_its_last_third(
    controller: Controller, make_config: t.Callable[..., Config]
) -> None:
    """Breaks certificates for a day: with 30 days before the end for all, they would be made anew with every run."""
    controller = controller._replace(config=_config(make_config, validity="24h"))
    controller.write()
    assert controller.reasons(NOW + datetime.timedelta(hours=15)) == []
    assert [due for _reason, due in controller.reasons(NOW + datetime.timedelta(hours=17))] == [True]


def test_a_loose_mode_is_tightened_without_a_new_certificate(controller: Controller) -> None:
    """Breaks when jane's key stays readable, or a signature is needed only for its mode."""
    controller.write()
    before = controller.path.read_bytes()
    controller.path.chmod(0o644)
    planned = controller.plan()
    assert (planned.steps, planned.loose_files) == ([], [str(controller.path)])
    kubeconfigs.tighten(planned)
    assert (stat.S_IMODE(controller.path.stat().st_mode), controller.path.read_bytes()) == (0o600, before)
    controller.path.chmod(0o400)
    assert controller.plan() == kubeconfigs.NOTHING


def test_that_of_another_cluster_is_not_overwritten(controller: Controller) -> None:
    """Breaks two clusters with one path: each run would take the other one's access away."""
    controller.write()
    before = controller.path.read_bytes()
    other = controller._replace(ca=_ca(controller.config))
    with pytest.raises(
        KubewrightError, match=r"people/jane\.conf on the controller is .* another CA\. Name another path"
    ):
        other.plan()
    # There is no CA yet: in check mode on a blank host.
    with pytest.raises(KubewrightError, match="another CA"):
        kubeconfigs.plan(controller.config, None, Renewal(NOW, DAYS_30))
    assert controller.path.read_bytes() == before


def test_two_clusters_at_the_same_time(controller: Controller) -> None:
    """Breaks the first run of two clusters with one path: both see that nothing is there, and one would be lost."""
    other = controller._replace(ca=_ca(controller.config))
    planned = other.plan()
    controller.write()
    before = controller.path.read_bytes()
    wanted, key = planned.steps[0].kubeconfig, _x509.generate_key("ECDSA-P256")
    certificate = _x509.issue(wanted.certificate, other.ca, profile_of(other.config), NOW, key.public_key())
    with pytest.raises(KubewrightError, match="was just written for another cluster"):
        kubeconfigs.write(other.config, wanted, other.ca_pem, _x509.certificate_pem(certificate), key)
    assert controller.path.read_bytes() == before


MERGED = """apiVersion: v1
kind: Config
current-context: kubernetes-admin@kubernetes
clusters:
- name: kubernetes
  cluster:
    server: https://192.0.2.10:6443
- name: production
  cluster:
    server: https://203.0.113.1
users:
- name: kubernetes-admin
  user:
    token: secret
contexts:
- name: kubernetes-admin@kubernetes
  context:
    cluster: kubernetes
    user: kubernetes-admin
"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nx\n", "is not a kubeconfig"),
        (b"\x00\xff" * 9, "is not a kubeconfig"),
        (MERGED.encode(), "holds more than one cluster, user or context"),
    ],
)
def test_a_file_of_somebodys_own_is_not_overwritten(controller: Controller, content: bytes, reason: str) -> None:
    """Breaks ~/.kube/config with many clusters, or an SSH key at a mistaken path. No host must be changed before."""
    controller.path.parent.mkdir()
    controller.path.write_bytes(content)
    with pytest.raises(KubewrightError, match=f"jane\\.conf on the controller {reason}"):
        kubeconfigs.refuse_foreign(controller.config)
    with pytest.raises(KubewrightError):
        controller.plan()
    assert controller.path.read_bytes() == content


def test_a_cluster_without_a_ca_inside_is_another_one(controller: Controller) -> None:
    """Breaks kubeconfigs of clusters in a cloud, which name no CA: they are none of ours."""
    text = kubeconfig_text("kubernetes", "jane", "https://192.0.2.10:6443", b"", {"token": "secret"}, preferences=True)
    controller.path.parent.mkdir()
    controller.path.write_text(text)
    kubeconfigs.refuse_foreign(controller.config)
    with pytest.raises(KubewrightError, match="another CA"):
        controller.plan()


def test_the_kubelets_certificate_is_nothing_for_people(controller: Controller) -> None:
    """Breaks when a copy of kubelet.conf passes for jane's, by a file that the controller may have of its own."""
    rotated = rotated_certificate(controller.config)
    fields = {"client-certificate": rotated, "client-key": rotated}
    controller.path.parent.mkdir()
    server = "https://192.0.2.10:6443"
    text = kubeconfig_text("kubernetes", "jane", server, controller.ca_pem, fields, preferences=True)
    controller.path.write_text(text)
    assert controller.reasons() == [("its client certificate or key is unreadable", False)]


def test_a_folder_at_its_path_is_named(controller: Controller) -> None:
    """Breaks with a traceback."""
    controller.path.mkdir(parents=True)
    with pytest.raises(KubewrightError, match=r"jane\.conf cannot be read"):
        kubeconfigs.refuse_foreign(controller.config)


def test_what_the_host_signed_must_be_a_certificate(controller: Controller) -> None:
    """Breaks with a traceback where a host answers with nonsense; nothing is written then."""
    wanted = controller.plan().steps[0].kubeconfig
    with pytest.raises(KubewrightError):
        kubeconfigs.write(controller.config, wanted, controller.ca_pem, b"nonsense", _x509.generate_key("ECDSA-P256"))
    assert not controller.path.exists()


def test_the_home_folder(
    controller: Controller, make_config: t.Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks ~ in a path: a folder of that name would appear where the playbook runs."""
    monkeypatch.setenv("HOME", "/home/jane")
    config = _config(make_config, path="~/.kube/new")
    planned = kubeconfigs.plan(config, controller.ca_pem, Renewal(NOW, 0))
    assert [item.kubeconfig.path for item in planned.steps] == ["/home/jane/.kube/new"]
    assert planned.steps[0].kubeconfig.certificate == Certificate(
        "", "ca", "jane", ("dev",), (CLIENT,), validity_seconds=8760 * 3600.0
    )
