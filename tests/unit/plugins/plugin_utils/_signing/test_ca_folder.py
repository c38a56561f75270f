# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CAs that are kept on the controller: made once, kept apart by cluster, never replaced."""

from __future__ import annotations

import datetime
import multiprocessing
import os
import pathlib
import stat
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import InvalidInput, KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.given_ca import GivenCA, given_pair
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._signing import ca_folder

CAS = ["ca", "front-proxy-ca", "etcd/ca"]
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def _read_file(path: str) -> str:
    try:
        return pathlib.Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise KubewrightError(f"{path}: {error.strerror}") from None


class Controller(t.NamedTuple):
    """A folder for CAs."""

    folder: pathlib.Path
    make_config: t.Callable[..., Config]

    def cas(
        self, cluster: str = "", write: bool = True, facts: dict[str, t.Any] | None = None, **variables: t.Any
    ) -> dict[str, GivenCA]:
        """What the action has to sign with."""
        given = {"ca_key_location": "controller", "ca_dir": str(self.folder), **variables}
        given = {name: value for name, value in given.items() if value is not None}
        named = {"cluster": cluster} if cluster else {}
        config = self.make_config("1.31.0", facts, encryption_algorithm="ECDSA-P256", **given, **named)
        return ca_folder.controller_authorities(config, _read_file, NOW, write)

    def contents(self) -> dict[str, str]:
        """All files."""
        return {
            str(path.relative_to(self.folder)): path.read_text()
            for path in self.folder.rglob("[!.]*")
            if path.is_file()
        }


@pytest.fixture
def controller(tmp_path: pathlib.Path, make_config: t.Callable[..., Config]) -> Controller:
    """Without any CA."""
    return Controller(tmp_path / "cas", make_config)


def test_cas_are_made_once(controller: Controller) -> None:
    """Breaks every cluster at the second run: its CAs are those of the first, and their keys stay on the controller."""
    first = controller.cas()
    assert list(first) == CAS
    assert not any(ca.brings_key for ca in first.values())
    assert all(given_pair(ca, NOW).key is not None for ca in first.values())
    before = controller.contents()
    assert set(before) == {f"{ca}.{end}" for ca in CAS for end in ("crt", "key")}
    assert {path: given_pair(ca, NOW).certificate for path, ca in controller.cas().items()} == {
        path: given_pair(ca, NOW).certificate for path, ca in first.items()
    }
    assert controller.contents() == before


def test_their_keys_are_their_owners_alone(controller: Controller) -> None:
    """Breaks the point of it: whoever reads the keys owns the cluster."""
    controller.cas("prod")
    modes = {
        str(path.relative_to(controller.folder)): stat.S_IMODE(path.stat().st_mode)
        for path in controller.folder.rglob("*")
    }
    assert {mode for path, mode in modes.items() if path.endswith(".key")} == {0o600}
    assert (modes["prod"], modes["prod/etcd"]) == (0o700, 0o700)


def test_check_mode_writes_nothing(controller: Controller) -> None:
    """Breaks check mode."""
    assert list(controller.cas(write=False)) == CAS
    assert not controller.folder.exists()


def test_each_cluster_has_its_own(controller: Controller) -> None:
    """Breaks the wall between clusters: with one CA, the administrator of one is the administrator of all."""
    certificates = [
        given_pair(controller.cas(cluster)["ca"], NOW).certificate for cluster in ("", "prod", "test", "prod")
    ]
    assert certificates[1] == certificates[3]
    assert len({_x509.certificate_pem(item) for item in certificates}) == 3


@pytest.mark.parametrize("cluster", ["..", ".", "a/b", "/etc", "../other", "etcd"])
def test_names_that_are_no_folders(controller: Controller, cluster: str) -> None:
    """Breaks out of the folder, or lets two clusters share a CA: a cluster without a name has its own in etcd."""
    with pytest.raises(
        KubewrightError, match=r"kubewright_cluster: found .* a name for a folder below kubewright_ca_dir"
    ):
        controller.cas(cluster)
    assert not controller.folder.exists()


@pytest.mark.parametrize("after", range(6))
def test_a_run_that_is_cut_off_is_mended_by_the_next(
    controller: Controller, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Breaks when half a CA is left behind that nobody but the user can complete."""
    rename, left = os.rename, [after]

    def limited(source: str, target: str, **folders: int) -> None:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        rename(source, target, **folders)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", limited)
        with pytest.raises(KeyboardInterrupt):
            controller.cas()
    before = controller.contents()
    cas = controller.cas()
    assert all(given_pair(ca, NOW).key is not None for ca in cas.values())
    after_all = controller.contents()
    assert {name: after_all[name] for name in before} == before
    assert len(after_all) == 6


def test_a_key_whose_certificate_may_be_in_use_gets_no_new_one(controller: Controller) -> None:
    """Breaks a cluster whose CA certificate got lost on the controller: the host still has it, and it is to be copied."""
    controller.cas()
    (controller.folder / "ca.crt").unlink()
    before = controller.contents()
    with pytest.raises(KubewrightError, match=r"ca\.crt is on the host, and these CAs are not in .*: ca\. Put"):
        controller.cas(facts={"external_ca": True})
    assert controller.contents() == before


def test_a_key_that_is_damaged_is_named(controller: Controller) -> None:
    """Breaks with a traceback, or replaces what somebody may still need."""
    controller.folder.mkdir()
    (controller.folder / "ca.key").write_text("nonsense")
    with pytest.raises(
        KubewrightError, match=r"ca\.key is not an unencrypted PEM private key, and .* is not beside it"
    ):
        controller.cas()
    (controller.folder / "ca.key").unlink()
    (controller.folder / "ca.key").mkdir()
    with pytest.raises(KubewrightError, match=r"ca\.key: Is a directory, and .* is not beside it"):
        controller.cas()


@pytest.mark.parametrize("facts", [{"external_ca": True}, {"ca_key": True}])
def test_no_ca_is_made_beside_that_of_the_host(controller: Controller, facts: dict[str, bool]) -> None:
    """Breaks a running cluster that is moved to CAs on the controller: new ones must not appear beside its own."""
    with pytest.raises(KubewrightError, match=r"ca\.crt is on the host, and these CAs are not in"):
        controller.cas(facts=facts)
    assert not controller.folder.exists()


def test_a_certificate_without_its_key_is_somebody_elses_to_sign_with(controller: Controller) -> None:
    """Breaks set-ups of which one CA is kept by somebody else: it must not be replaced, nor is it an error."""
    controller.cas()
    (controller.folder / "front-proxy-ca.key").unlink()
    assert {path: ca.key is not None for path, ca in controller.cas().items()} == {
        "ca": True,
        "front-proxy-ca": False,
        "etcd/ca": True,
    }


def test_given_files_come_first(controller: Controller, tmp_path: pathlib.Path) -> None:
    """Breaks kubewright_ca_files beside kubewright_ca_dir: what is named is taken, and its key stays here as well."""
    controller._replace(folder=tmp_path / "own").cas()
    files = {"kubernetes": {"cert": str(tmp_path / "own/ca.crt"), "key": str(tmp_path / "own/ca.key")}}
    cas = controller.cas(ca_files=files)
    assert cas["ca"].source == "kubewright_ca_files.kubernetes"
    assert not cas["ca"].brings_key
    assert set(controller.contents()) == {f"{ca}.{end}" for ca in CAS[1:] for end in ("crt", "key")}


def test_cas_of_the_host_bring_their_keys(controller: Controller, tmp_path: pathlib.Path) -> None:
    """Breaks kubewright_ca_files without kubewright_ca_key_location, and makes nothing else."""
    controller._replace(folder=tmp_path / "own").cas()
    files = {"kubernetes": {"cert": str(tmp_path / "own/ca.crt"), "key": str(tmp_path / "own/ca.key")}}
    cas = controller.cas(ca_files=files, ca_key_location="host", ca_dir=None)
    assert {path: ca.brings_key for path, ca in cas.items()} == {"ca": True}
    assert not controller.folder.exists()


def test_given_files_that_cannot_be_read(controller: Controller) -> None:
    """Breaks the message of a wrong path."""
    config = controller.make_config("1.31.0", ca_files={"etcd": {"cert": "/nowhere"}})
    with pytest.raises(InvalidInput, match=r"kubewright_ca_files\.etcd\.cert"):
        ca_folder.controller_authorities(config, _read_file, NOW, True)


def test_an_encrypted_key_that_is_there_is_not_written_over(controller: Controller) -> None:
    """Breaks keys in a vault: completing their CA must not leave them in plain text."""
    controller.cas()
    plain = (controller.folder / "ca.key").read_text()
    (controller.folder / "ca.crt").unlink()
    (controller.folder / "ca.key").write_text("$ANSIBLE_VAULT;1.1;AES256\n")
    config = controller.make_config(
        "1.31.0", encryption_algorithm="ECDSA-P256", ca_key_location="controller", ca_dir="x"
    )

    def decrypted(path: str) -> str:
        return plain if path.endswith("/ca.key") else _read_file(path)

    _kept, made = ca_folder.kept_authorities(config, str(controller.folder), {}, decrypted, NOW)
    ca_folder.write_authorities(made.values())
    assert (controller.folder / "ca.key").read_text() == "$ANSIBLE_VAULT;1.1;AES256\n"
    certificate = _x509.load_certificate((controller.folder / "ca.crt").read_bytes())
    assert _x509.key_matches(certificate, _x509.load_key(plain.encode()))


@pytest.mark.parametrize("write", [True, False])
def test_the_rights_of_others_to_a_kept_key(controller: Controller, write: bool) -> None:
    """Breaks the secrecy of a CA's key that lies there with the usual mode; check mode changes nothing."""
    controller.cas()
    key = controller.folder / "ca.key"
    key.chmod(0o644)
    controller.folder.chmod(0o755)
    controller.cas(write=write)
    assert key.stat().st_mode & 0o777 == (0o600 if write else 0o644)
    assert controller.folder.stat().st_mode & 0o777 == (0o700 if write else 0o755)


def test_a_folder_in_which_others_can_write(controller: Controller) -> None:
    """Breaks the trust in the CAs: somebody else could put his own in their place."""
    controller.cas()
    controller.folder.chmod(0o777)
    with pytest.raises(KubewrightError, match="chmod go-w"):
        controller.cas()


@pytest.mark.parametrize("round_", range(3))
def test_two_runs_that_find_it_empty(controller: Controller, round_: int) -> None:
    """Breaks two clusters at once: each run made a part of what lay there in the end, certificates of one and keys of the other."""
    context = multiprocessing.get_context("fork")
    start, answers = context.Barrier(2), context.Queue()

    def run() -> None:
        start.wait(30)
        answers.put({path: ca.certificate for path, ca in controller.cas().items()})

    runs = [context.Process(target=run) for _run in range(2)]
    for item in runs:
        item.start()
    first, second = (answers.get(timeout=60) for _run in runs)
    for item in runs:
        item.join(30)
    assert first == second == {path: ca.certificate for path, ca in controller.cas().items()}
    assert all(given_pair(ca, NOW).key is not None for ca in controller.cas().values())


def test_a_folder_below_in_which_others_can_write(controller: Controller) -> None:
    """Breaks the trust in etcd's CA, which has a folder of its own."""
    controller.cas()
    (controller.folder / "etcd").chmod(0o777)
    with pytest.raises(KubewrightError, match="etcd has the mode 0777"):
        controller.cas()
