# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, as a table for people and a picture of the phases side by side."""

from __future__ import annotations

import typing as t
from xml.sax.saxutils import escape

Values = t.Mapping[str, t.Any]
ROWS: tuple[tuple[str, str, str], ...] = (
    ("init_seconds", "our playbook, blank node, newest version", "s"),
    ("kubeadm_init_seconds", "kubeadm init, blank node, newest version", "s"),
    ("init_ratio", "ratio of each pair, newest version", ""),
    ("init_seconds_1_20", "our playbook, blank node, 1.20", "s"),
    ("kubeadm_init_seconds_1_20", "kubeadm init, blank node, 1.20", "s"),
    ("init_ratio_1_20", "ratio of each pair, 1.20", ""),
    ("no_change_seconds", "our playbook, nothing to change", "s"),
    ("check_blank_seconds", "our playbook, --check of a blank node", "s"),
    ("executions_first", "executions on the host, blank node", ""),
    ("executions_again", "executions on the host, nothing to change", ""),
    ("bytes_sent_first", "sent to the host, blank node", "bytes"),
    ("bytes_sent_again", "sent to the host, nothing to change", "bytes"),
    ("controller_cpu_seconds", "processor of the controller, blank node", "s"),
    ("controller_peak_mb", "memory of its largest process", "MB"),
    ("no_change_5_hosts_ratio", "nothing to change, 5 hosts against 1", ""),
    ("no_change_20_hosts_ratio", "nothing to change, 20 hosts against 1", ""),
    ("render_1_host_seconds", "render.yml, 1 host", "s"),
    ("render_10_hosts_seconds", "render.yml, 10 hosts", "s"),
    ("render_100_hosts_seconds", "render.yml, 100 hosts", "s"),
    ("preflight_1_host_seconds", "preflight.yml, 1 host", "s"),
    ("preflight_10_hosts_seconds", "preflight.yml, 10 hosts", "s"),
    ("preflight_50_hosts_seconds", "preflight.yml, 50 hosts", "s"),
)


def table(results: Values) -> str:
    """The medians in Markdown; those that were not measured are left out."""
    lines = ["| what | median | |", "|---|---:|---|"]
    for key, words, unit in ROWS:
        if key in results:
            spread = results.get(key.replace("init_ratio", "init_ratio_spread"))
            note = f"{spread[0]} to {spread[1]}" if isinstance(spread, list) else ""
            lines.append(f"| {words} | {results[key]} {unit} | {note} |".replace("  |", " |"))
    return "\n".join(lines) + "\n"


# One colour for each phase in its order; they go round.
_COLOURS = (
    "#4269d0",
    "#efb118",
    "#ff725c",
    "#6cc5b0",
    "#3ca951",
    "#ff8ab7",
    "#a463f2",
    "#97bbf5",
    "#9c6b4e",
    "#9498a0",
)
_WIDTH, _ROW, _LEFT = 900, 44, 130


def _bar(phases: Values, y: int, scale: float) -> list[str]:
    parts, x = [], float(_LEFT)
    for index, (phase, seconds) in enumerate(phases.items()):
        width = seconds * scale
        colour = _COLOURS[index % len(_COLOURS)]
        title = f"<title>{escape(phase)}: {seconds:.2f} s</title>"
        parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="26" fill="{colour}">{title}</rect>')
        # Where there is room for its name.
        if width > 7 * len(phase) + 6:
            parts.append(f'<text x="{x + 4:.1f}" y="{y + 17}" fill="white">{escape(phase)}</text>')
        x += width
    parts.append(f'<text x="{x + 5:.1f}" y="{y + 17}">{sum(phases.values()):.1f} s</text>')
    return parts


def picture(rows: t.Sequence[tuple[str, Values]]) -> str:
    """The seconds of the phases of several runs, one bar each, as SVG. rows: what the run is, and its phases."""
    longest = max(sum(phases.values()) for _name, phases in rows)
    scale = (_WIDTH - _LEFT - 70) / longest
    height = _ROW * len(rows) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
    ]
    for index, (name, phases) in enumerate(rows):
        y = 12 + index * _ROW
        parts.append(f'<text x="8" y="{y + 17}">{escape(name)}</text>')
        parts += _bar(phases, y, scale)
    return "\n".join([*parts, "</svg>"]) + "\n"


def rows(results: Values) -> list[tuple[str, Values]]:
    """The runs whose phases were measured, for the picture."""
    found: list[tuple[str, Values]] = []
    for suffix, minor in (("", "newest"), ("_1_20", "oldest")):
        if f"our_phases{suffix}" in results:
            found.append((f"ours, {results[minor]}", results[f"our_phases{suffix}"]))
            found.append((f"kubeadm, {results[minor]}", results[f"kubeadm_phases{suffix}"]))
    return found


def page(results: Values) -> str:
    """The report in Markdown, beside the picture."""
    return (
        "# Speed\n\n"
        "Made by `make bench` from what it measured (`bench/results.json`): medians, on one machine that runs the controller and the "
        "nodes.\n\n"
        f"{table(results)}\n"
        "The phases of init side by side. Those of kubeadm are told by the lines that it prints.\n\n"
        "![The seconds of each phase](speed.svg)\n"
    )


__all__ = ("page", "picture", "rows", "table")
