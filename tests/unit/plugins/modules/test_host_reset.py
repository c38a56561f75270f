# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""host_reset."""

from __future__ import annotations

import contextlib
import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubewright.control_plane.plugins.module_utils._reset.reset import Row
from ansible_collections.kubewright.control_plane.plugins.modules import host_reset


class _Found(t.NamedTuple):
    found: list[Row]

    def rows(self) -> list[Row]:
        """What there is."""
        return self.found


def test_it_resets_once(run_module: t.Callable[..., t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks --check, or the second run; or a warning is lost."""
    left, asked = [Row("a", "remove", "x")], t.cast("list[t.Any]", [])

    def reset(_host: t.Any, _run: t.Any, also: t.Any) -> list[str]:
        asked.append(also)
        left.clear()
        return ["look at this"]

    monkeypatch.setattr(host_reset, "look", lambda _host, _run, _also: _Found(list(left)))
    warned: list[str] = []
    monkeypatch.setattr(host_reset, "reset", reset)
    monkeypatch.setattr(AnsibleModule, "warn", lambda _self, text: warned.append(text))
    monkeypatch.setattr(host_reset.lock, "locked", lambda *_given: contextlib.nullcontext())
    checked = run_module("host_reset", {"also": ["cni"]}, check=True).result
    assert (checked["changed"], checked["removed"], asked) == (True, [["a", "remove", "x"]], [])
    done = run_module("host_reset", {"also": ["cni"]}).result
    assert (done["changed"], asked, warned) == (True, [["cni"]], ["look at this"])
    assert not run_module("host_reset", {}).result["changed"]
