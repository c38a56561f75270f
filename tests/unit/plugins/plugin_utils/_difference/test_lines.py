# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines in which two texts differ."""

from __future__ import annotations

import pytest

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.field import ABSENT, Field
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._difference.lines import line_fields


def test_only_lines_that_differ() -> None:
    """Breaks the plan of a Corefile: more is told than differs, or under another number than an editor shows."""
    before, after = "errors\ncache 30\nloop\nreload\n", "errors\ncache 60\nlog\nloop\n"
    assert line_fields("Corefile", before, after) == [
        Field("Corefile line 2", "cache 30", "cache 60"),
        Field("Corefile line 3", ABSENT, "log"),
        Field("Corefile line 4", "reload", ABSENT),
    ]
    assert line_fields("", "a", "b") == [Field("line 1", "a", "b")]


def test_what_is_not_shown_line_by_line() -> None:
    """Breaks the output: a private key stands in it, a comparison takes minutes, or a line that was ended is no difference."""
    key = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n"
    for before, after in ((key, "x\n"), ("x\n", key), ("x\n" * 3000, "y\n" * 3000), ("x", "x\n")):
        (field,) = line_fields("", before, after)
        assert field.name == "text"
        assert str(field.before).startswith("sha256:")
        assert field.before != field.after
        assert "MIGH" not in str(field)


@pytest.mark.parametrize("line", ["token: {}", "  API_TOKEN={}", 'password = "{}"', "client-key-data: {}"])
def test_secrets_in_lines(line: str) -> None:
    """Breaks a secret in a file that is no YAML: its line stands in the plan."""
    before, after = (f"a\n{line.format(value)}\nb\n" for value in ("old-value", "new-value"))
    (field,) = line_fields("x", before, after)
    assert "-value" not in str(field)
    assert field.before != field.after
    assert line_fields("x", "a\n", f"a\n{line.format('new-value')}\n")[0].before is ABSENT
