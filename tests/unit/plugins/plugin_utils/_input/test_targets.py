# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where settings lie: one place for each, whatever it was given by."""

from __future__ import annotations

import collections

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input import targets
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.document_fields import FIELDS
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._input.variables import VARIABLES

TARGETS = {name: value for name, value in vars(targets).items() if name.isupper() and not name.startswith("_")}


def test_two_settings_have_two_places() -> None:
    """Breaks the configuration: one setting would overwrite the other."""
    counts = collections.Counter(TARGETS.values())
    assert [target for target, count in counts.items() if count > 1] == []
    assert len(TARGETS) > 60


def test_no_setting_lies_within_another() -> None:
    """Breaks the configuration: a whole section would take the place of a value in it."""
    places = sorted(TARGETS.values())
    assert [(one, other) for one in places for other in places if one != other and other[: len(one)] == one] == []


def test_every_setting_can_be_given() -> None:
    """Breaks a setting that neither a variable nor a document reaches."""
    reached = {field.target for field in FIELDS} | {variable.target for variable in VARIABLES.values()}
    reached |= {targets.ETCD_IMAGE_REPOSITORY, targets.ETCD_IMAGE_TAG}
    assert {name for name, target in TARGETS.items() if target not in reached} == set()
