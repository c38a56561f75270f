# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and CertificateExpiry, on real certificates."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

import pytest

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight.certificates import gather
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._config.config import Config
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight import certificates
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._preflight.check import Check
from credentials_made import CERTIFICATES, make

MakeConfig = t.Callable[..., Config]


def _facts(config: Config, root: pathlib.Path) -> dict[str, t.Any] | None:
    question = certificates.question(config)
    return gather(InspectedHost(lambda _argv: Result(0, "", ""), str(root)), question) if question is not None else None


def _both(config: Config, root: pathlib.Path) -> dict[str, Check]:
    facts = _facts(config, root)
    return {check.name: check for check in certificates.usable(config, facts) + certificates.expiry(config, facts)}


@pytest.fixture(scope="session")
def issued(tmp_path_factory: pytest.TempPathFactory, make_config: MakeConfig) -> t.Callable[[float], pathlib.Path]:
    """A root with a whole set of certificates that was made so many days ago."""

    def issued_before(days_ago: float) -> pathlib.Path:
        root = tmp_path_factory.mktemp("root")
        config = make_config("1.31.0", encryption_algorithm="ECDSA-P256")
        then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days_ago)
        make(config, then, CERTIFICATES, str(root))
        return root

    return issued_before


def test_a_blank_host(make_config: MakeConfig, tmp_path: pathlib.Path) -> None:
    """Breaks the first run."""
    found = _both(make_config("1.31.0"), tmp_path)
    assert {name: check.passed for name, check in found.items()} == {"Certificates": True}


@pytest.mark.parametrize(
    ("days_ago", "passed", "text"),
    [
        (0, True, "the first one ends in 365 days"),
        (340, False, "apiserver.crt ends 25 days from now"),
        (370, False, "apiserver.crt ended 5 days ago"),
        (3500, False, "ca.crt ends 150 days from now"),
    ],
)
def test_expiry(
    make_config: MakeConfig,
    issued: t.Callable[[float], pathlib.Path],
    days_ago: float,
    passed: bool,
    text: str,
) -> None:
    """Breaks when nobody is told that certificates end, or CAs, for which there is more to do."""
    found = _both(make_config("1.31.0", encryption_algorithm="ECDSA-P256"), issued(days_ago))
    assert (found["CertificateExpiry"].severity, found["CertificateExpiry"].passed) == ("warning", passed)
    assert text in found["CertificateExpiry"].found
    assert ("Plan the exchange of the CA" in found["CertificateExpiry"].cure) == (days_ago > 3000)


def test_what_does_not_fit_together(make_config: MakeConfig, issued: t.Callable[[float], pathlib.Path]) -> None:
    """Breaks when a CA with another's key is found out only in the middle of init."""
    root = issued(0)
    folder = root / "etc/kubernetes/pki"
    (folder / "ca.key").write_bytes((folder / "etcd/ca.key").read_bytes())
    (folder / "sa.pub").unlink()
    (folder / "sa.key").write_text("nonsense", encoding="utf-8")
    found = _both(make_config("1.31.0", encryption_algorithm="ECDSA-P256"), root)["Certificates"]
    assert (found.severity, found.passed) == ("error", False)
    assert "ca.key does not belong to" in found.found
    assert "sa.key" in found.found
    assert "Put the right file there, or move" in found.cure
    assert "Put the right pair there, or move" in found.cure
    assert "Put the right" not in found.found


def test_keys_that_belong_on_the_controller(make_config: MakeConfig, issued: t.Callable[[float], pathlib.Path]) -> None:
    """Breaks when somebody is told to move a CA away to have a new one, who only has to move its key."""
    config = make_config(
        "1.31.0", encryption_algorithm="ECDSA-P256", ca_key_location="controller", ca_dir="authorities"
    )
    check = _both(config, issued(0))["Certificates"]
    assert (check.severity, check.passed) == ("error", False)
    assert "Move it there, with a copy of its certificate, and name both in kubewright_ca_files" in check.cure
    assert "new one" not in check.cure
    assert ".;" not in check.found


def test_without_cryptography(make_config: MakeConfig) -> None:
    """Breaks when a host without python3-cryptography is told of nothing else."""
    config = make_config("1.31.0")
    config.node["cryptography_error"] = "No module named cryptography"
    assert certificates.question(config) is None
    assert [check.passed for check in certificates.usable(config, None)] == [True]
    assert certificates.expiry(config, None) == []
