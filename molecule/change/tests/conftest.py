# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of a control plane that others change too."""

from __future__ import annotations

from playbook_runs import state

__all__ = ("state",)
