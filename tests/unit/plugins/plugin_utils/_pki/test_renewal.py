# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a leaf is due."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubewright.control_plane.plugins.module_utils._pki.certificate import CLIENT, Certificate
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.renewal import Renewal

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
LEAF = Certificate("x", "ca", "name", (), (CLIENT,))
SECONDS = st.floats(0, 20 * 365 * 86400.0, allow_nan=False)


@given(before=SECONDS)
def test_all_leaves_have_one_threshold(before: float) -> None:
    """Breaks kubewright_cert_renew_before; with 0 only what has ended is renewed."""
    assert Renewal(NOW, before).due_at(LEAF) == NOW + datetime.timedelta(seconds=before)


@given(before=SECONDS, validity=SECONDS)
def test_a_short_validity_is_never_due_before_its_last_third(before: float, validity: float) -> None:
    """Breaks a person's kubeconfig of some hours: it would be made anew at every run."""
    due = Renewal(NOW, before).due_at(LEAF._replace(validity_seconds=validity)) - NOW
    assert due <= datetime.timedelta(seconds=before)
    assert due.total_seconds() <= validity / 3 + 1e-3
    assert due.total_seconds() >= min(before, validity / 3) - 1e-3
