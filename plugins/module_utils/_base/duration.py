# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""Durations as Go writes and reads them (C(time.ParseDuration), C(Duration.String))."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError

_NANOSECONDS: t.Mapping[str, int] = {
    "ns": 1,
    "us": 10**3,
    "\u00b5s": 10**3,  # micro sign
    "\u03bcs": 10**3,  # Greek letter mu
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
# A duration is a number of 64 bits with a sign.
_MOST = 2**63 - 1
_LONGEST = 1000
# More digits than the longest duration has, in nanoseconds and behind the point.
_PART = re.compile(r"([0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(ns|us|\u00b5s|\u03bcs|ms|s|m|h)")


def nanoseconds(duration: str) -> int:
    """The nanoseconds of a duration like C(4m0s). Raises KubewrightError for text that is none, or out of Go's range."""
    sign, rest, total = 1, duration, 0
    if rest[:1] in ("+", "-"):
        sign, rest = (-1 if rest[0] == "-" else 1), rest[1:]
    if rest == "0":
        return 0
    if not rest or len(rest) > _LONGEST:
        raise KubewrightError(f"{duration!r} is not a duration like 4m0s")
    position = 0
    while position < len(rest):
        match = _PART.match(rest, position)
        if match is None:
            raise KubewrightError(f"{duration!r} is not a duration like 4m0s")
        whole, _point, fraction = match.group(1).partition(".")
        unit = _NANOSECONDS[match.group(2)]
        total += int(whole or "0") * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
        position = match.end()
    if total > _MOST:
        raise KubewrightError(f"{duration!r} is longer than about 292 years, the longest duration")
    return sign * total


def seconds(duration: str) -> float:
    """The seconds of a duration like C(4m0s). Raises KubewrightError for text that is none."""
    return nanoseconds(duration) / 10**9


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    digits = len(str(unit)) - 1
    fraction = (f"{rest:0{digits}d}").rstrip("0") if rest else ""
    return f"{whole}.{fraction}" if fraction else str(whole)


def normal_form(duration: str) -> str:
    """A duration in the form in which Go writes it: C(90s) becomes C(1m30s). Raises KubewrightError for other text."""
    value = nanoseconds(duration)
    if value == 0:
        return "0s"
    sign, value = ("-" if value < 0 else ""), abs(value)
    for unit in ("ns", "us", "ms"):
        size = _NANOSECONDS[unit]
        if value < size * 1000:
            return sign + _decimal(value, size) + ("\u00b5s" if unit == "us" else unit)
    minutes, rest = divmod(value, _NANOSECONDS["m"])
    hours, minutes = divmod(minutes, 60)
    text = _decimal(rest, _NANOSECONDS["s"]) + "s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return sign + (f"{hours}h{text}" if hours else text)


__all__ = ("nanoseconds", "normal_form", "seconds")
