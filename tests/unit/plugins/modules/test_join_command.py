# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""join_command: the command with the right token and hash."""

from __future__ import annotations

import base64
import datetime
import pathlib
import typing as t

import pytest
from acting import act

from ansible_collections.kubewright.control_plane.plugins.module_utils._api import bootstrap_token as tokens
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.modules import join_command
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config

ONE, TWO = "aaaaaa.0123456789abcdef", "bbbbbb.fedcba9876543210"


class Client:
    """A cluster with two tokens; the second lasts longer."""

    def request(self, *_arguments: t.Any, **_more: t.Any) -> dict[str, t.Any]:
        """The list."""
        now = datetime.datetime.now(datetime.timezone.utc)
        usual = {"usages": ["signing", "authentication"], "groups": [tokens.DEFAULT_GROUP]}
        return {
            "items": [
                tokens.token_secret({"token": ONE, "lifetime": 3600, **usual}, now),
                tokens.token_secret({"token": TWO, "lifetime": 7200, **usual}, now),
            ]
        }


def _shipped(config: Config) -> dict[str, t.Any]:
    """What the action sends to the host."""
    return act("join_command", {"config": config.data}, {}).shipped or {}


@pytest.fixture
def certificates(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder with a CA."""
    profile = _x509.Profile("ECDSA-P256", 60, 60, 0, "ca", True, True, True)
    key = _x509.generate_key("ECDSA-P256")
    ca = _x509.issue_ca("kubernetes", profile, datetime.datetime.now(datetime.timezone.utc), key)
    (tmp_path / "ca.crt").write_bytes(_x509.certificate_pem(ca))
    return tmp_path


@pytest.mark.parametrize(
    ("declared", "variables", "token_id", "token"),
    [
        ([], {}, "bbbbbb", TWO),
        (["aaaaaa"], {}, "aaaaaa", ONE),
        ([], {"skip_token_print": True}, "bbbbbb", None),
    ],
)
def test_the_command(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    certificates: pathlib.Path,
    declared: list[str],
    variables: dict[str, t.Any],
    token_id: str,
    token: str | None,
) -> None:
    """K11: breaks kubeadm join: a declared token is preferred (by its public half), and not blotted out of the result."""
    monkeypatch.setattr(join_command, "admin_client", lambda _api, waits: Client())
    config = make_config("1.31.0", certificates_dir=str(certificates), **variables)
    run = run_module("join_command", {**_shipped(config), "preferred_token_ids": declared})
    hash_ = _x509.ca_certificate_hash(_x509.load_certificate((certificates / "ca.crt").read_bytes()))
    assert run.code == 0
    assert run.result["join"] == {
        "answers": True,
        "token_id": token_id,
        "token": token,
        "ca_hash": hash_,
    }


def test_check_mode_before_there_is_a_cluster(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: pathlib.Path,
) -> None:
    """Breaks the plan for a blank host."""
    monkeypatch.setattr(join_command, "admin_client", lambda _api, waits: None)
    config = make_config("1.31.0", certificates_dir=str(tmp_path))
    run = run_module("join_command", _shipped(config), check=True)
    assert run.result["join"] == {"answers": False, "token_id": None, "token": None, "ca_hash": None}


def test_a_cluster_without_a_usable_token(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    certificates: pathlib.Path,
) -> None:
    """Breaks a cluster's secrets: another token's secret must not be in it."""

    class Empty:
        def request(self, *_arguments: t.Any, **_more: t.Any) -> dict[str, t.Any]:
            secret = base64.b64encode(b"0123456789abcdef").decode()
            return {"items": [{"type": tokens.SECRET_TYPE, "data": {"token-secret": secret}}]}

    monkeypatch.setattr(join_command, "admin_client", lambda _api, waits: Empty())
    config = make_config("1.31.0", certificates_dir=str(certificates))
    run = run_module("join_command", _shipped(config))
    assert run.result["join"]["token"] is None
    assert "0123456789abcdef" not in run.text
