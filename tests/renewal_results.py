# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of a renewal register, for the tests of what is made of it."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.renewal import TASKS

CONFIG = {"resolved": {"ClusterConfiguration": {"kubernetesVersion": "v1.31.0"}}}
CERTS = {"changed": True, "reasons": {"apiserver": "ends soon"}}
RESTART = {"changed": True, "restarted": {"kube-scheduler": "old"}}
WAIT = {"seconds": 1.5, "served": {"etcd": {"not_after": "2027-01-31T12:00:00Z"}}}
FAILED = {"failed": True, "msg": "certs: no"}
GONE = {"unreachable": True, "msg": "timed out"}
SKIPPED = {"skipped": True, "changed": False}


def registered(*results: dict[str, t.Any]) -> dict[str, t.Any]:
    """The variables of a host whose first tasks have given the results."""
    return dict(zip(TASKS, results, strict=False))
