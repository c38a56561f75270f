# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever happens to certificates, kubeconfigs and waiting keys, with and without the keys of the CAs: all is mended."""

from __future__ import annotations

import datetime
import pathlib
import shutil
import stat
import tempfile
import typing as t

import pytest
from damages import FILE_DAMAGES, FileDamage
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.kubeconfig_text import (
    decode_data,
    read_kubeconfig,
)
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.read import kubeconfig_facts
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.declared import (
    certificates,
    host_kubeconfigs,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.facts import kubeconfig_of
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.plan import CredentialsPlan
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.rounds import Request
from credentials_made import CAS, apply, make, move_keys_away, plan, sign_all
from leaves import LEAVES

DAYS_30 = 30 * 86400.0
KUBERNETES, PKI = "etc/kubernetes", "etc/kubernetes/pki"
CONFS = ["admin", "controller-manager", "kubelet", "scheduler", "super-admin"]
JANE = {"name": "jane", "groups": ["dev"], "location": "host", "path": "/srv/jane.conf"}
# Each file that can be damaged, with the name of what has to be issued then.
NAMES = {
    **{f"{PKI}/{name}.{end}": name for name in LEAVES for end in ("crt", "key")},
    **{f"{KUBERNETES}/{name}.conf": f"{name}.conf" for name in CONFS},
    "srv/jane.conf": "users/jane",
}
ALL = sorted(set(NAMES.values()))

DAMAGES: t.Mapping[str, FileDamage] = {
    **FILE_DAMAGES,
    "binary": lambda path, _other: path.write_bytes(b"\x00\xff" * 99),
    "of another cluster": lambda path, other: path.write_bytes(other),
}
# At the path of a kubeconfig that the user declares, the others look like somebody's own file.
HARMLESS = ("deleted", "emptied", "of another cluster", "one byte changed")


class World(t.NamedTuple):
    """Whole hosts to copy, the second one of another cluster, and the CAs of the first one with their keys."""

    sound: pathlib.Path
    foreign: pathlib.Path
    elsewhere: pathlib.Path
    config: Config
    now: datetime.datetime


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, make_config: t.Callable[..., Config], now: datetime.datetime
) -> World:
    """The hosts lie below folders that stand for their roots."""
    config = make_config("1.31.0", encryption_algorithm="ECDSA-P256", kubeconfigs=[JANE])
    folder = tmp_path_factory.mktemp("world")
    for name in ("sound", "foreign"):
        make(config, now, root=str(folder / name))
    shutil.copytree(folder / "sound" / PKI, folder / "copy")
    move_keys_away(folder / "copy", folder / "elsewhere")
    return World(folder / "sound", folder / "foreign", folder / "elsewhere", config, now)


class Host(t.NamedTuple):
    """A copy of the sound host, to be damaged."""

    world: World
    root: pathlib.Path

    def plan(self, **task: t.Any) -> CredentialsPlan:
        """What has to be done."""
        return plan(self.world.config, self.world.now, before=DAYS_30, root=str(self.root), **task)

    def run(self, **task: t.Any) -> list[Request]:
        """Does it."""
        return apply(self.world.config, self.plan(**task), self.world.now, str(self.root))

    def sign(self, requests: t.Iterable[Request]) -> dict[str, bytes]:
        """What comes back."""
        return sign_all(requests, self.world.elsewhere, self.world.now)

    def damage(self, damaged: t.Mapping[str, str]) -> set[str]:
        """Does what is drawn, and says what has to be issued then."""
        for name, kind in damaged.items():
            DAMAGES[kind](self.root / name, (self.world.foreign / name).read_bytes())
        return {NAMES[name] for name in damaged}

    def contents(self) -> dict[str, bytes]:
        """All files."""
        return {str(path.relative_to(self.root)): path.read_bytes() for path in self.root.rglob("*") if path.is_file()}

    def check(self) -> None:
        """Each certificate belongs to its key and is signed by its CA, and no key can be read by others."""
        cas = {ca: _x509.load_certificate((self.root / PKI / f"{ca}.crt").read_bytes()) for ca in CAS}
        for leaf in certificates(self.world.config):
            base = self.root / PKI / leaf.path
            certificate = _x509.load_certificate(base.with_name(base.name + ".crt").read_bytes())
            key = _x509.load_key(base.with_name(base.name + ".key").read_bytes())
            assert _x509.key_matches(certificate, key), leaf.path
            assert comparison.is_signed_by(certificate, cas[leaf.ca]), leaf.path
        for item in host_kubeconfigs(self.world.config):
            content = pathlib.Path(f"{self.root}{item.path}").read_bytes()
            contents = read_kubeconfig(content.decode("utf-8"))
            pair = kubeconfig_of(kubeconfig_facts(content)).client
            assert pair is not None
            assert pair.key is not None
            assert comparison.is_key_of(pair.key, pair.certificate), item.path
            assert comparison.is_signed_by(pair.certificate, cas["ca"]), item.path
            assert decode_data(contents.ca_data) == _x509.certificate_pem(cas["ca"]), item.path
            assert comparison.differences(pair.certificate, item.certificate, "ECDSA-P256") == []
        secrets = [path for path in self.root.rglob("*") if path.suffix in (".key", ".conf")]
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
        assert self.plan(requests=CAS).leaves == []


def _copy(world: World, directory: str, keys: bool = True) -> Host:
    root = pathlib.Path(directory) / "host"
    shutil.copytree(world.sound, root)
    for ca in CAS if not keys else ():
        (root / PKI / f"{ca}.key").unlink()
    return Host(world, root)


damages = st.dictionaries(st.sampled_from(sorted(NAMES)), st.sampled_from(sorted(DAMAGES)), min_size=1, max_size=6).map(
    lambda drawn: {
        name: kind if name != "srv/jane.conf" or kind in HARMLESS else "deleted" for name, kind in drawn.items()
    }
)


@given(damaged=damages)
def test_with_the_keys_of_the_cas(world: World, damaged: dict[str, str]) -> None:
    """Breaks when a damage is not seen, is not mended in one run, or what is well is written."""
    with tempfile.TemporaryDirectory() as directory:
        host = _copy(world, directory)
        before = host.contents()
        wrong = host.damage(damaged)
        assert {leaf.name for leaf in host.plan().leaves} == wrong
        assert host.run() == []
        host.check()
        after = host.contents()
        assert after.keys() == before.keys()
        assert {NAMES.get(name) for name in before if after[name] != before[name]} <= wrong


@given(damaged=damages)
def test_without_the_keys_of_the_cas(world: World, damaged: dict[str, str]) -> None:
    """Breaks when not exactly what is damaged is asked for, or what comes back does not mend it in one run."""
    with tempfile.TemporaryDirectory() as directory:
        host = _copy(world, directory, keys=False)
        before = host.contents()
        wrong = host.damage(damaged)
        broken = host.contents()
        requests = host.run(requests=CAS)
        assert {item.name for item in requests} == wrong
        waiting = {f"{KUBERNETES}/.pending/{name}.key" for name in wrong}
        asked = host.contents()
        assert asked.keys() - broken.keys() == waiting
        assert {name: asked[name] for name in broken} == broken
        assert host.run(requests=CAS, signed=host.sign(requests)) == []
        host.check()
        after = host.contents()
        assert after.keys() == before.keys()
        assert {NAMES.get(name) for name in before if after[name] != before[name]} <= wrong


@given(
    asked_for=st.sets(st.sampled_from(ALL), min_size=1, max_size=6),
    damaged=st.lists(st.sampled_from(sorted(DAMAGES)), min_size=1, max_size=6),
    came=st.sets(st.integers(0, 5)),
)
def test_waiting_keys(world: World, asked_for: set[str], damaged: list[str], came: set[int]) -> None:
    """Breaks what is in use when a waiting key is damaged: what was signed for it is refused, and asked for anew."""
    with tempfile.TemporaryDirectory() as directory:
        host = _copy(world, directory, keys=False)
        for name in asked_for:
            path = next(path for path, owner in NAMES.items() if owner == name)
            (host.root / path).unlink()
        broken = host.contents()
        requests = host.run(requests=CAS)
        signed = host.sign(requests)
        lost = set()
        for request, kind in zip(requests, damaged, strict=False):
            path = host.root / KUBERNETES / ".pending" / f"{request.name}.key"
            DAMAGES[kind](path, _x509.key_pem(_x509.generate_key("ECDSA-P256")))
            lost.add(request.name)
        # Only some have come back so far.
        here = {item.name: signed[item.name] for index, item in enumerate(requests) if index in came}
        again = host.run(requests=CAS, signed=here)
        assert {item.name for item in again} == asked_for - (here.keys() - lost)
        assert {item.name for item in again if item.refused} == lost & here.keys()
        after = host.contents()
        untouched = [name for name in broken if NAMES.get(name) not in here.keys() - lost]
        assert {name: after[name] for name in untouched} == {name: broken[name] for name in untouched}
        # What waits undamaged is still what was signed.
        everything = {**signed, **host.sign(item for item in again if item.name in lost)}
        assert host.run(requests=CAS, signed=everything) == []
        host.check()
        assert not (host.root / KUBERNETES / ".pending").exists()


@pytest.mark.parametrize("kind", sorted(set(DAMAGES) - set(HARMLESS)))
def test_what_may_be_somebodys_own_is_the_users_to_mend(world: World, kind: str) -> None:
    """Breaks a file of somebody's own at the path of a declared kubeconfig."""
    with tempfile.TemporaryDirectory() as directory:
        host = _copy(world, directory)
        host.damage({"srv/jane.conf": kind})
        before = host.contents()
        with pytest.raises(KubewrightError, match=r"/srv/jane\.conf .* Name another path, or move the file"):
            host.plan()
        assert host.contents() == before
