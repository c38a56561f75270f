# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of foreign data, fed with what nobody should send."""
