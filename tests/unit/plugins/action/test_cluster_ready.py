# SPDX-License-Identifier: GPL-3.0-or-later
"""cluster_ready."""

from __future__ import annotations

import typing as t

import pytest
from acting import act

A, B = {"kubewright_cluster": "a"}, {"kubewright_cluster": "b"}
CHOSEN, READY, FAILED = {"state": {}, "chosen": {"leader": "h1"}}, {"ready": {}}, {"failed": "x"}
NAMES = {"state": "state", "leader": "chosen", "ready": "ready", "failed": "failed"}


@pytest.mark.parametrize(
    ("hosts", "words"),
    [
        ({"h1": {**CHOSEN, **READY}, "h2": CHOSEN}, ""),
        ({"h1": CHOSEN, "h2": CHOSEN}, "h1 has failed in this run, so this host stays as it was"),
        ({"h1": {**CHOSEN, **READY}, "h2": {**CHOSEN, **FAILED}}, "h2 has failed in this run"),
        # One that was out of reach from the start has chosen nobody.
        ({"h1": {**CHOSEN, **READY}, "h2": {}}, ""),
        ({"h1": {"state": {}}, "h2": {"state": {}}}, "no control plane of its cluster was chosen"),
        # None takes part: a worker is added with --limit.
        ({"h1": {}, "h2": {}}, ""),
    ],
)
def test_who_goes_on(hosts: dict[str, dict[str, t.Any]], words: str) -> None:
    """Breaks the cluster: what has failed on one control plane reaches the next; or one cluster keeps the others from theirs."""
    other = {"h8": {**B, "state": {}, "chosen": {"leader": "h8"}, **FAILED}, "h9": {**B, "chosen": {"leader": "h8"}}}
    hostvars = {**{host: {**A, **variables} for host, variables in hosts.items()}, **other, "w": A}
    action = act(
        "cluster_ready", {"hosts": [*hosts, *other], **NAMES}, {"hostvars": hostvars, "inventory_hostname": "w"}
    )
    assert action.trips == []
    assert bool(action.result.get("failed")) == bool(words)
    assert words in action.result.get("msg", "")
