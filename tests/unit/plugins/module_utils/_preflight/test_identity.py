# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tells a host from the others."""

from __future__ import annotations

import datetime
import pathlib
import socket

import pytest
from inspected_folder import host_with

from ansible_collections.kubewright.control_plane.plugins.module_utils._host.inspected import InspectedHost
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import identity


def test_no_value_of_the_host_leaves_it(tmp_path: pathlib.Path) -> None:
    """Breaks privacy: a machine's id is a secret of its own (machine-id(5)); clones still have to be found."""
    one, other = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
    found = []
    for name, text in (("a", one + "\n"), ("b", one.upper()), ("c", other)):
        host = host_with(tmp_path / name, **{"/etc/machine-id": text})
        found.append(identity.gather(host, {"node_name": "n1"}))
        assert text.strip().lower() not in str(found[-1]).lower()
    digests = [item["machine_id"] for item in found]
    assert (digests[0] == digests[1], digests[0] == digests[2]) == (True, False)
    assert len(digests[0]) == 16


def test_what_else_is_told(tmp_path: pathlib.Path) -> None:
    """Breaks hosts without such files, as containers are: they would all be the same machine."""
    found = identity.gather(host_with(tmp_path, **{"/etc/machine-id": "\n"}), {"node_name": "n1"})
    assert (found["machine_id"], found["product_uuid"], found["node_name"]) == (None, None, "n1")
    assert found["hostname"] == socket.gethostname()
    assert abs(found["clock"] - datetime.datetime.now(datetime.timezone.utc).timestamp()) < 60


def test_a_name_that_cannot_be_shown(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks the terminal: the kernel takes any text for a host's name."""
    monkeypatch.setattr(InspectedHost, "hostname", lambda _self: "a\x1b[2J\nb\u202e")
    name = identity.gather(host_with(tmp_path), {"node_name": "n1"})["hostname"]
    assert (name.isprintable(), "[2J" in name) == (True, True)
