# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of runs that go wrong."""

from __future__ import annotations

from playbook_runs import state

__all__ = ("state",)
