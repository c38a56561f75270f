# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty hosts, of which two are out of reach and one has a fault of its own."""

from __future__ import annotations

import subprocess
import typing as t

import pytest
from preflight_runs import Outcomes, check_hosts, on_node

GONE, SILENT, SPECIAL = "fleet-49", "fleet-50", "fleet-7"


@pytest.fixture(scope="session")
def fleet() -> t.Iterator[Outcomes]:
    """The outcome for all of them."""
    on_node("mkdir -p /etc/kubernetes/manifests && touch /etc/kubernetes/manifests/etcd.yaml", SPECIAL)
    subprocess.run(["docker", "stop", "--time", "0", GONE], check=True, capture_output=True)
    # The kernel still takes the connection, but nobody answers.
    subprocess.run(["docker", "pause", SILENT], check=True, capture_output=True)
    yield check_hosts()
    subprocess.run(["docker", "unpause", SILENT], check=True, capture_output=True)
