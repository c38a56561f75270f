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
from ansible_collections.kubewright.control_plane.plugins.module_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._pki import x509 as _x509
from ansible_collections.kubewright.control_plane.plugins.modules import join_command

ONE, TWO = "aaaaaa.0123456789abcdef", "bbbbbb.fedcba9876543210"


class Client:
    """A cluster with two tokens; the second lasts longer."""

    def request(self, *_arguments: t.Any, **_more: t.Any) -> dict[str, t.Any]:
        """The list."""
        now = datetime.datetime.now(datetime.timezone.utc)
        usual = {"usages": ["signing", "authentication"], "groups": [tokens.DEFAULT_GROUP]}
        return {
            "items": [
                tokens.token_secret({"token": ONE, "ttl": "1h", **usual}, now),
                tokens.token_secret({"token": TWO, "ttl": "2h", **usual}, now),
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
    ("declared", "variables", "token"),
    [
        ([], {}, TWO),
        (["aaaaaa"], {}, ONE),
        ([], {"skip_token_print": True}, "<value withheld>"),
    ],
)
def test_the_command(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    certificates: pathlib.Path,
    declared: list[str],
    variables: dict[str, t.Any],
    token: str,
) -> None:
    """K11: breaks kubeadm join: a declared token is preferred (by its public half), and not blotted out of the result."""
    monkeypatch.setattr(join_command, "admin_client", lambda _config, _check: Client())
    config = make_config("1.31.0", certificates_dir=str(certificates), **variables)
    run = run_module("join_command", {**_shipped(config), "preferred_token_ids": declared})
    hash_ = _x509.ca_certificate_hash(_x509.load_certificate((certificates / "ca.crt").read_bytes()))
    assert run.code == 0
    assert run.result["join_command"] == "kubeadm join 192.0.2.10:6443 --token %s --discovery-token-ca-cert-hash %s" % (
        token,
        hash_,
    )


def test_check_mode_before_there_is_a_cluster(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: pathlib.Path,
) -> None:
    """Breaks the plan for a blank host."""
    monkeypatch.setattr(join_command, "admin_client", lambda _config, _check: None)
    config = make_config("1.31.0", certificates_dir=str(tmp_path))
    run = run_module("join_command", _shipped(config), check=True)
    assert run.result["join_command"].count("<value withheld>") == 2
    assert run_module("join_command", _shipped(config)).code == 1


def test_a_cluster_without_a_usable_token(
    run_module: t.Callable[..., t.Any],
    make_config: t.Callable[..., t.Any],
    monkeypatch: pytest.MonkeyPatch,
    certificates: pathlib.Path,
) -> None:
    """Breaks the message; another token's secret must not be in it."""

    class Empty:
        def request(self, *_arguments: t.Any, **_more: t.Any) -> dict[str, t.Any]:
            secret = base64.b64encode(b"0123456789abcdef").decode()
            return {"items": [{"type": tokens.SECRET_TYPE, "data": {"token-secret": secret}}]}

    monkeypatch.setattr(join_command, "admin_client", lambda _config, _check: Empty())
    config = make_config("1.31.0", certificates_dir=str(certificates))
    run = run_module("join_command", _shipped(config))
    assert run.code == 1
    assert "run the bootstrap_token phase" in run.result["msg"]
    assert "0123456789abcdef" not in run.text
