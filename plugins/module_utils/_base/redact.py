# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Texts without what must not be shown."""

from __future__ import annotations

import re

_CREDENTIALS = re.compile(r"(://)[^/\s]*@")


def redacted(text: str) -> str:
    """A text without the names and passwords in URLs (of proxies, for example)."""
    return _CREDENTIALS.sub(r"\1***@", text)


__all__ = ("redacted",)
