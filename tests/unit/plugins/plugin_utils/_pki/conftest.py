# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host without the keys of its CAs."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from keyless import Keyless, keyless_host


@pytest.fixture
def keyless(host: t.Any, tmp_path: pathlib.Path) -> Keyless:
    """A whole host whose CAs were taken away."""
    return keyless_host(host, tmp_path / "elsewhere")
