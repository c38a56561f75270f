# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is shown of objects."""

from __future__ import annotations

import json

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.apply import AppliedObject
from ansible_collections.kubewright.control_plane.plugins.module_utils._api.report import report, shown


def test_the_report_hides_the_data_of_secrets() -> None:
    """Breaks when a bootstrap token stands in the diff."""
    before = {"kind": "Secret", "metadata": {"name": "x"}, "data": {"token-secret": "b2xk"}}
    after = {"kind": "Secret", "metadata": {"name": "x"}, "data": {"token-secret": "bmV3", "token-id": "aWQ="}}
    result = report([shown(AppliedObject("Secret", "kube-system/x", "updated", before, after))])
    text = json.dumps(result)
    assert not any(secret in text for secret in ("b2xk", "bmV3", "aWQ="))
    assert "token-id" in result["diff"][0]["after"]
    assert "token-id" not in result["diff"][0]["before"]


def test_changed_objects_and_diff_agree() -> None:
    """Breaks when an unchanged object is reported, or a created one shows a state before."""
    map_ = {"kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "1"}}
    changes = [
        AppliedObject("ConfigMap", "n/x", "created", None, map_),
        AppliedObject("ConfigMap", "n/y", "unchanged", map_, map_),
    ]
    result = report(map(shown, changes))
    assert (result["changed"], result["objects"]) == (True, {"ConfigMap n/x": "created"})
    assert [(item["before_header"], item["before"]) for item in result["diff"]] == [("ConfigMap n/x (absent)", "")]
    assert report(map(shown, changes[1:])) == {"changed": False, "objects": {}, "diff": []}


def test_which_part_of_a_secret_changes() -> None:
    """Breaks the plan of a token: nothing seems to differ; or a value can be found by its mark, of which there is one alone."""
    before = {"kind": "Secret", "metadata": {"name": "x"}, "data": {"expiration": "b2xk", "token-secret": "c2FtZQ=="}}
    after = {"kind": "Secret", "metadata": {"name": "x"}, "data": {"expiration": "bmV3", "token-secret": "c2FtZQ=="}}
    (diff,) = report([shown(AppliedObject("Secret", "n/x", "updated", before, after))])["diff"]
    differing = set(diff["before"].splitlines()) ^ set(diff["after"].splitlines())
    assert len(differing) == 2
    assert all(line.startswith('  expiration: "hidden, sha256 ') for line in differing)
    assert all(len(line.split()[-1].strip('"')) == 8 for line in differing)
    (made,) = report([shown(AppliedObject("Secret", "n/x", "created", None, after))])["diff"]
    assert "sha256" not in made["after"]
