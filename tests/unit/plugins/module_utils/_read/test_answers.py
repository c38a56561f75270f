# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the host answers to the phases that plan nothing, with what of it can be had on this machine."""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host import facts
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.shared_certs import digests
from ansible_collections.kubewright.control_plane.plugins.module_utils._read.answers import answers
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.questions import questions
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._workflow.phases import PHASES

MakeConfig = t.Callable[..., Config]
ALL = [phase.name for phase in PHASES]


def _asked(config: Config) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", json.loads(json.dumps(questions(ALL, config))))


def _run(argv: t.Sequence[str]) -> Result:
    return Result(127, "", f"{argv[0]}: not run")


def test_a_blank_host(make_config: MakeConfig) -> None:
    """Breaks the first run: a look at a host without a control plane fails, or says that there is one.

    There is no container runtime here, so that nothing is said of images: their phase asks again and says why.
    """
    config = make_config("1.31.0", certificates_dir="/absent", cri_socket="unix:///absent.sock")
    found = json.loads(json.dumps(answers(_run, _asked(config), check=False)))
    assert list(found) == ["preflight", "wait_control_plane", "show_join"]
    assert found["preflight"]["facts"]["user"]
    assert found["wait_control_plane"]["served"] is None
    assert found["preflight"]["gathered"] > 0
    assert found["show_join"] == {"answers": False, "token_id": None, "token": None, "ca_hash": None}


def test_without_cryptography(make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks preflight, which says what is missing: the read before it must not fail."""
    monkeypatch.setattr(x509, "CRYPTOGRAPHY_ERROR", "no module")
    assert list(answers(_run, _asked(make_config("1.31.0", cri_socket="unix:///absent.sock")), False)) == ["preflight"]


def test_what_a_host_is(node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks the resolution on the controller, which relies on each of these names."""
    asked = {
        "certificates_dir": str(tmp_path),
        "directories": [str(tmp_path)],
        "sockets": ["/no/such.sock"],
        "etcd_data_dir": "/absent",
    }
    facts = answers(_run, {"config": asked}, check=True)["config"]
    assert set(facts) >= set(node_facts())
    assert (facts["directories"], facts["sockets"], facts["external_ca"]) == ([str(tmp_path)], [], False)
    assert facts["cryptography_error"] is None


@pytest.mark.parametrize("error", ["No module named 'cryptography'", None])
def test_a_host_without_the_newest_part_of_cryptography(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, error: str | None
) -> None:
    """Breaks hosts with an old cryptography, which has no _rust, or the early message where it cannot be imported at all."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.bindings._rust", None)
    monkeypatch.setattr(x509, "CRYPTOGRAPHY_ERROR", error)
    asked = {"certificates_dir": str(tmp_path), "directories": [], "sockets": [], "etcd_data_dir": "/absent"}
    assert answers(_run, {"config": asked}, check=True)["config"]["cryptography_error"] == error


def test_a_configuration_that_cannot_be_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks with a traceback on the controller, which has nothing to resolve, in place of the host's own words."""

    def refused(*_arguments: t.Any) -> None:
        raise KubewrightError("why")

    monkeypatch.setattr(facts, "gather", refused)
    asked = {"certificates_dir": "/absent", "directories": [], "sockets": [], "etcd_data_dir": "/absent"}
    with pytest.raises(KubewrightError, match="why"):
        answers(_run, {"config": asked}, check=False)


def test_what_all_control_planes_have(tmp_path: pathlib.Path) -> None:
    """Breaks the join: a file that is another one's counts as there, or keeps the rest from being answered."""
    (tmp_path / "ca.crt").write_text("CA\n")
    wanted = digests({"ca.crt": "CA\n", "ca.key": "KEY\n"})
    asked = {"folder": str(tmp_path), "digests": wanted}
    assert answers(_run, {"shared_certs": asked}, check=True) == {"shared_certs": {"absent": ["ca.key"]}}
    other = dict(asked, digests=digests({"ca.crt": "ANOTHER\n"}))
    assert answers(_run, {"shared_certs": other}, check=True) == {}
