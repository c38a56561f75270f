# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that are made on a control plane that runs, and what the diagnosis says of each."""
