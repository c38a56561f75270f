# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of certificates for the checks."""

from __future__ import annotations

import datetime
import pathlib

from inspected_folder import host_in, host_with

from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import certificates


def test_a_blank_host_is_not_looked_at(tmp_path: pathlib.Path) -> None:
    """Breaks the first run on a host without python3-cryptography, which init has not installed yet."""
    question = {"folder": "/etc/kubernetes/pki", "files": {"keys": ["/etc/kubernetes/pki/sa.key"]}}
    assert certificates.gather(host_in(tmp_path), question) is None
    (tmp_path / "etc/kubernetes/pki").mkdir(parents=True)
    found = certificates.gather(host_in(tmp_path), question)
    assert found is not None
    assert found["files"] == {"/etc/kubernetes/pki/sa.key": None}
    # Its own time, by which ends are judged.
    now = datetime.datetime.fromisoformat(found["now"])
    assert abs((datetime.datetime.now(datetime.timezone.utc) - now).total_seconds()) < 60


def test_no_key_is_in_the_facts(tmp_path: pathlib.Path, sound: pathlib.Path) -> None:
    """Breaks the safety of every key: facts are shown where a task asks for them."""
    host = host_with(tmp_path, **{"/pki/ca.key": (sound / "ca.key").read_text(encoding="ascii")})
    found = certificates.gather(host, {"folder": "/pki", "files": {"keys": ["/pki/ca.key"]}})
    assert found is not None
    assert found["keys"]["/pki/ca.key"]["algorithm"] == "ECDSA-P256"
    assert "PRIVATE KEY" not in str(found)
