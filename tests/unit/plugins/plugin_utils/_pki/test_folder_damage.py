# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever happens to the files of the certificates folder, exactly what has to be mended is, or the user is asked."""

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
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import comparison
from credentials_made import CERTIFICATES, apply, make, plan, written
from leaves import LEAVES

DAYS_30 = 30 * 86400.0
FILES = sorted(f"{leaf}.{end}" for leaf in LEAVES for end in ("crt", "key"))
# What must not be mended without the user: the CAs and the key of the service accounts.
PRECIOUS = sorted([f"{ca}.{end}" for ca in set(LEAVES.values()) for end in ("crt", "key")] + ["sa.key", "sa.pub"])

DAMAGES: t.Mapping[str, FileDamage] = {
    **FILE_DAMAGES,
    "another's": lambda path, other: path.write_bytes(other),
}


class World(t.NamedTuple):
    """A whole folder to copy, its configuration and the time."""

    sound: pathlib.Path
    foreign: pathlib.Path
    make_config: t.Callable[..., Config]
    now: datetime.datetime


@pytest.fixture(scope="module")
def world(
    sound: pathlib.Path,
    make_config: t.Callable[..., Config],
    now: datetime.datetime,
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    """foreign: the same of another cluster."""
    foreign = tmp_path_factory.mktemp("foreign") / "pki"
    config = make_config("1.31.0", certificates_dir=str(foreign), encryption_algorithm="ECDSA-P256")
    make(config, now, CERTIFICATES)
    return World(sound, foreign, make_config, now)


def _contents(folder: pathlib.Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _is_sound(folder: pathlib.Path) -> bool:
    for leaf, ca in LEAVES.items():
        certificate = _x509.load_certificate((folder / f"{leaf}.crt").read_bytes())
        key = _x509.load_key((folder / f"{leaf}.key").read_bytes())
        authority = _x509.load_certificate((folder / f"{ca}.crt").read_bytes())
        if not (_x509.key_matches(certificate, key) and comparison.is_signed_by(certificate, authority)):
            return False
    return True


@given(damaged=st.dictionaries(st.sampled_from(FILES), st.sampled_from(sorted(DAMAGES)), min_size=1, max_size=5))
def test_leaves_are_mended_and_nothing_else(world: World, damaged: dict[str, str]) -> None:
    """Breaks when a damage is not seen, is not mended in one run, or a file that is well is written."""
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory) / "pki"
        shutil.copytree(world.sound, folder)
        config = world.make_config("1.31.0", certificates_dir=str(folder), encryption_algorithm="ECDSA-P256")
        before = _contents(folder)
        for name, damage in damaged.items():
            DAMAGES[damage](folder / name, (world.foreign / name).read_bytes())
        planned: t.Any = plan(config, world.now, CERTIFICATES, DAYS_30)
        # A certificate and its key of the other cluster fit each other, but not the CA.
        assert {step.name for step in planned.steps} == {name.rsplit(".", 1)[0] for name in damaged}
        apply(config, planned, world.now)
        assert _is_sound(folder)
        after = _contents(folder)
        mended = set(written(config, planned))
        assert {name for name in before if after.get(name) != before[name]} <= mended
        assert set(after) == set(before)
        assert all(stat.S_IMODE((folder / name).stat().st_mode) == 0o600 for name in after if name.endswith(".key"))
        assert plan(config, world.now, CERTIFICATES, DAYS_30).leaves == []


@given(name=st.sampled_from(PRECIOUS), damage=st.sampled_from(sorted(DAMAGES)))
def test_what_is_precious_is_the_users_to_mend(world: World, name: str, damage: str) -> None:
    """Breaks when a CA or the service accounts' key is replaced: whatever trusts it would be cut off in silence."""
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory) / "pki"
        shutil.copytree(world.sound, folder)
        config = world.make_config("1.31.0", certificates_dir=str(folder), encryption_algorithm="ECDSA-P256")
        DAMAGES[damage](folder / name, (world.foreign / name).read_bytes())
        before = _contents(folder)
        try:
            planned: t.Any = plan(config, world.now, CERTIFICATES, DAYS_30)
        except KubewrightError:
            assert _contents(folder) == before
            return
        # The public half follows from the key, and a CA whose key is elsewhere is one that somebody else signs with.
        allowed = {"sa.pub"} if name == "sa.pub" and damage == "deleted" else set()
        assert name.endswith(".key") or allowed
        assert set(written(config, planned)) <= allowed
