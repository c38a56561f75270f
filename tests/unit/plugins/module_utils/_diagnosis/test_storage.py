# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks that a control plane writes to."""

from __future__ import annotations

import pytest
from diagnosed_node import Node

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis import storage as subject
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.disk import Space

MUCH = Space(2**40, 10**6, 2**40)


@pytest.mark.parametrize(
    ("space", "refusal", "unhealthy", "fault"),
    [
        (MUCH, None, [], None),
        (None, None, [], None),
        (Space(0, 9, 0), None, [], "DiskFull"),
        (Space(0, 9, 2**40), None, [], None),
        (Space(20 * 2**20, 9, 20 * 2**20), None, [], None),
        (Space(20 * 2**20, 9, 20 * 2**20), None, ["etcd"], "DiskFull"),
        (Space(2**40, 0, 2**40), None, [], "InodesUsedUp"),
        (Space(2**40, None, 2**40), None, [], None),
        (MUCH, "Read-only file system", [], "NotWritable"),
    ],
)
def test_a_disk(
    node: Node,
    monkeypatch: pytest.MonkeyPatch,
    space: Space | None,
    refusal: str | None,
    unhealthy: list[str],
    fault: str | None,
) -> None:
    """Breaks the diagnosis of what no component says clearly; or a disk that is well is called full."""
    monkeypatch.setattr(node, "space", lambda folder: space if folder == "/var/lib/etcd" else MUCH)
    monkeypatch.setattr(node, "write_refusal", lambda folder: refusal if folder == "/var/lib/etcd" else None)
    found = [(verdict.component, verdict.fault) for verdict in subject.judge_storage(node.situation(*unhealthy))]
    assert found == ([] if fault is None else [("etcd", fault)])
