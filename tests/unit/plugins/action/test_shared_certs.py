# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's half of shared_certs."""

from __future__ import annotations

from acting import act


def test_the_keys_travel_hidden() -> None:
    """Breaks a secret: the keys of the cluster are shown; or the plan lacks what is written."""
    given = {"digests": {"ca.key": "x"}, "files": {"ca.key": "secret"}, "folder": "/srv/pki"}
    action = act("shared_certs", given, {}, {"changed": True, "written": ["ca.key"]})
    assert action.hidden
    assert [(row["artefact"], row["action"]) for row in action.result["planned"]] == [("/srv/pki/ca.key", "create")]
    assert action.result["paths"] == ["/srv/pki/ca.key"]
    assert "secret" not in str(action.result)


def test_the_keys_do_not_reach_a_disk() -> None:
    """Breaks a secret: without pipelining the keys of the cluster lie in a file of Ansible's for a time."""
    given = {"digests": {"ca.key": "x"}, "files": {"ca.key": "KEY OF THE CA"}, "folder": "/srv/pki"}
    action = act("shared_certs", given, {}, pipelining=False)
    assert action.trips == []
    assert "Take a connection that knows pipelining" in action.result["msg"]
    assert "KEY OF THE CA" not in str(action.result)
    assert len(act("shared_certs", {**given, "files": {}}, {}, pipelining=False).trips) == 1
