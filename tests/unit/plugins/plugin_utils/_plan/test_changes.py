# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of files, the kubelet and objects: what travels of them, and what is told of them."""

from __future__ import annotations

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.kubewright.control_plane.plugins.module_utils._api.report import Shown
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.apply import KINDS
from ansible_collections.kubewright.control_plane.plugins.modules import host_apply, objects_apply
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan import changes

NEW = changes.WriteFile("/new", "text", 0o600, 0o755, None, False, "it is absent")
OTHER = changes.WriteFile("/other", "text", 0o644, 0o755, "0a", True, "it differs")
LOOSE = changes.TightenFile("/loose", 0o600, "0b", "mode or owner too loose")
SHOWN = Shown("ConfigMap kube-system/x", "updated", "old\n", "new\n")
OBJECT = changes.ApplyObject("merge", {"kind": "ConfigMap"}, None, None, "1", False, SHOWN, "it differs")
UNSEEN = OBJECT._replace(shown=None, unseen=True, expected=None)
ALL: list[changes.Change] = [
    changes.StopKubelet("files change"),
    NEW,
    OTHER,
    LOOSE,
    changes.EnableKubelet("it is disabled"),
    changes.StartKubelet("files changed"),
    OBJECT,
    UNSEEN,
]


def test_what_is_told() -> None:
    """Breaks results: written has every file that changes, replaced only those whose pods the kubelet replaces."""
    assert changes.written(ALL) == ["/new", "/other", "/loose"]
    assert changes.replaced(ALL) == ["/other"]
    # A process that reads a file does not care for its mode.
    assert changes.contents(ALL) == ["/new", "/other"]
    assert changes.altered(ALL) == ["/other", "/loose"]
    assert changes.foreseen(ALL) == [SHOWN]
    # What is new goes with what is put back; where nothing was there before, there is nothing to put back.
    assert (changes.kept(ALL), changes.kept([NEW, LOOSE])) == (["/new", "/other"], [])
    assert changes.written([]) == changes.replaced([]) == changes.foreseen([]) == []


def test_what_travels() -> None:
    """Breaks the appliers: a change that they do not know, or an object's old text on the way to the host for nothing."""
    sent = changes.arguments(ALL)
    files, objects = sent[:6], sent[6:]
    assert {change["kind"] for change in files} == set(KINDS)
    for given, module in ((files, host_apply), (objects, objects_apply)):
        checked = ArgumentSpecValidator({"changes": module.CHANGES_SPEC}).validate({"changes": given})
        assert checked.error_messages == []
    assert [(change["expected"], change["unseen"]) for change in objects] == [("1", False), (None, True)]
    assert OBJECT.shown == SHOWN
