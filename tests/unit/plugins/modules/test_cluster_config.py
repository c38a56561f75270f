# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""cluster_config: the facts of this host."""

from __future__ import annotations

import pathlib
import typing as t


def test_facts(run_module: t.Callable[..., t.Any], node_facts: t.Callable[..., t.Any], tmp_path: pathlib.Path) -> None:
    """Breaks the resolution on the controller, which relies on each of these names."""
    asked = {"certificates_dir": str(tmp_path), "directories": [str(tmp_path)], "sockets": ["/no/such.sock"]}
    run = run_module("cluster_config", {"config": asked}, check=True)
    assert (run.code, run.result["changed"]) == (0, False)
    facts = run.result["facts"]
    assert set(facts) >= set(node_facts())
    assert (facts["directories"], facts["sockets"], facts["external_ca"]) == ([str(tmp_path)], [], False)
    assert facts["cryptography_error"] is None
