# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""What the API server says of its own checks, by their names."""

from __future__ import annotations

import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._diagnosis.situation import Situation
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.health import failed_checks
from ansible_collections.kubewright.control_plane.plugins.module_utils._running.verdict import Verdict


def judge_api_server(seen: Situation) -> t.Iterator[Verdict]:
    """One that runs and is not ready."""
    health = seen.health.get("kube-apiserver")
    if health is None or not health.status or health.healthy:
        return
    failed = failed_checks(health.text)
    names = ", ".join(failed) or f"HTTP status {health.status}"
    evidence = [f"readyz: {names}"]
    if failed == ["etcd"] or "etcd-readiness" in failed or "etcd" in failed:
        yield Verdict(
            "kube-apiserver",
            "ApiServerWithoutEtcd",
            "does not reach etcd",
            evidence,
            "See what is wrong with etcd, and with --etcd-servers, --etcd-cafile, --etcd-certfile and --etcd-keyfile.",
            False,
        )
        return
    cure = "See its log; what starts says so for some seconds."
    yield Verdict("kube-apiserver", "ApiServerNotReady", f"is not ready: {names} failed", evidence, cure, False)


__all__ = ("judge_api_server",)
