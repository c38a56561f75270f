# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a plan against its schema, which programs and people go by."""

from __future__ import annotations

import copy
import json
import pathlib
import typing as t

import jsonschema
import pytest
from plan_fleet import plan

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.json import VERSION, document
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.plan.model import STATUSES
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._plan.rows import ACTIONS

SCHEMA = json.loads((pathlib.Path(__file__).parents[3] / "docs/plan.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def _document() -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", json.loads(json.dumps(document(plan()))))


@pytest.mark.parametrize("check_mode", [True, False])
def test_what_is_written_is_what_the_schema_says(check_mode: bool) -> None:
    """Breaks programs that are made by the schema."""
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    VALIDATOR.validate(json.loads(json.dumps(document(plan(check_mode)))))


def test_the_schema_knows_every_key() -> None:
    """Breaks the documentation: something is written that it does not describe, or it describes what is never written."""
    found, definitions = _document(), SCHEMA["definitions"]
    host, change = found["hosts"][0], found["hosts"][0]["changes"][0]
    for value, said in ((found, SCHEMA), (host, definitions["host"]), (change, definitions["change"])):
        assert set(value) == set(said["properties"]) == set(said["required"])
    assert definitions["host"]["properties"]["status"]["enum"] == list(STATUSES)
    assert definitions["change"]["properties"]["action"]["enum"] == list(ACTIONS)
    assert SCHEMA["properties"]["version"]["const"] == VERSION


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["hosts", 0, "status"], "fine"),
        (["hosts", 0, "changes", 0, "action"], "apply"),
        (["hosts", 0, "changes", 0, "away_seconds"], "long"),
        (["hosts", 0, "changes", 0, "fields", 0], {"name": "--v"}),
        (["hosts", 0, "changes", 0, "fields", 0], {"name": "--v", "after": 1, "secret": 1}),
        (["summary", "hosts"], {"total": 1}),
        (["summary", "changes", "total"], -1),
        (["created"], "today"),
        (["complete"], None),
    ],
)
def test_the_schema_refuses_what_is_wrong(path: list[t.Any], value: t.Any) -> None:
    """Breaks the test before: a schema that takes everything would always hold."""
    found = copy.deepcopy(_document())
    inner: t.Any = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert not VALIDATOR.is_valid(found)
