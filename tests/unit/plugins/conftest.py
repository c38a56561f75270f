# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private certificates folder and kubeconfig folder."""

from __future__ import annotations

import datetime
import importlib
import json
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import pending as _pending
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import declared as _declared
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki import plan as _plan
from any_core import patch_module_args
from credentials_made import CERTIFICATES, make

PACKAGE = "ansible_collections.kubewright.control_plane.plugins.modules."


class Host(t.NamedTuple):
    """A host's folders. now: the time of the first run. sound: a certificates folder to copy."""

    pki: pathlib.Path
    kubernetes: pathlib.Path
    now: datetime.datetime
    config: t.Callable[..., Config]
    sound: pathlib.Path


@pytest.fixture(scope="session")
def now() -> datetime.datetime:
    """The time of the first run, for all tests."""
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


@pytest.fixture(scope="session")
def sound(
    tmp_path_factory: pytest.TempPathFactory, make_config: t.Callable[..., Config], now: datetime.datetime
) -> pathlib.Path:
    """A whole certificates folder as 1.31 makes it, to copy from: making one takes a while."""
    folder = tmp_path_factory.mktemp("sound") / "pki"
    config = make_config("1.31.0", certificates_dir=str(folder), encryption_algorithm="ECDSA-P256")
    make(config, now, CERTIFICATES)
    return folder


@pytest.fixture
def host(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    make_config: t.Callable[..., Config],
    now: datetime.datetime,
    sound: pathlib.Path,
) -> Host:
    """A blank host. config(version, **variables) places the certificates below it; keys are ECDSA, which is quick."""
    kubernetes = tmp_path / "kubernetes"
    monkeypatch.setattr(_declared, "KUBERNETES_DIR", str(kubernetes))
    monkeypatch.setattr(_plan, "KUBERNETES_DIR", str(kubernetes))
    monkeypatch.setattr(_pending, "PENDING_DIR", str(kubernetes / ".pending"))
    pki = kubernetes / "pki"

    def config(version: str = "1.31.0", **variables: t.Any) -> Config:
        variables.setdefault("encryption_algorithm", "ECDSA-P256")
        return make_config(version, certificates_dir=str(pki), **variables)

    return Host(pki, kubernetes, now, config, sound)


class Run(t.NamedTuple):
    """code: the exit code. result: the printed result. text: the same as it was printed."""

    code: int
    result: dict[str, t.Any]
    text: str


@pytest.fixture
def run_module(capsys: pytest.CaptureFixture[str]) -> t.Callable[..., Run]:
    """Runs a module by its name with arguments; check and diff choose the mode."""

    def run(name: str, arguments: dict[str, t.Any], check: bool = False, diff: bool = True) -> Run:
        module = importlib.import_module(PACKAGE + name)
        given = dict(arguments, _ansible_check_mode=check, _ansible_diff=diff, _ansible_no_log=True)
        with patch_module_args(given), pytest.raises(SystemExit) as caught:
            module.main()
        text = capsys.readouterr().out
        return Run(t.cast("int", caught.value.code), json.loads(text), text)

    return run
