# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeded random changes of a finished control plane: the plan of each is what the run does, and the next run changes nothing."""
