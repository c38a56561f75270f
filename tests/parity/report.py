# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: a table of configurations and artefacts, for the terminal and as Markdown."""

from __future__ import annotations

import typing as t

from parity.artefacts import ARTEFACTS
from parity.cases import Case
from parity.differences import DIFFERENCES

EQUAL, DELIBERATE, DIFFERENT = "equal", "deliberate", "DIFFERENT"


class Cell(t.NamedTuple):
    """One comparison. different: what must not be. rows: the rows of the README that its deliberate differences are in."""

    different: list[str]
    rows: frozenset[str]

    @property
    def word(self) -> str:
        """The state in one word."""
        return DIFFERENT if self.different else DELIBERATE if self.rows else EQUAL


def cell(artefact: str, lines: t.Sequence[str]) -> Cell:
    """Sorts the differences of a comparison into those that are meant and those that are not."""
    rows, different = set(), []
    for line in lines:
        match = next((item for item in DIFFERENCES if item.matches(artefact, line)), None)
        if match is None:
            different.append(line)
        else:
            rows.add(match.row)
    return Cell(different, frozenset(rows))


Results = dict[Case, dict[str, Cell]]


def unused(results: Results) -> list[str]:
    """Deliberate differences that no comparison meets any more."""
    met = {row for cells in results.values() for item in cells.values() for row in item.rows}
    return [item.row for item in DIFFERENCES if item.row not in met]


def terminal(results: Results) -> str:
    """The table for a terminal, and under it every difference that must not be."""
    width = max(len(case.name) for case in results)
    lines = [" ".join([" " * width, *(f"{artefact:>12}" for artefact in ARTEFACTS)])]
    for case, cells in results.items():
        lines.append(" ".join([case.name.ljust(width), *(f"{cells[artefact].word:>12}" for artefact in ARTEFACTS)]))
    for case, cells in results.items():
        for artefact, item in cells.items():
            lines += [f"{case.name}, {artefact}: {line}" for line in item.different]
    return "\n".join(lines) + "\n"


def markdown(results: Results, version: str) -> str:
    """The table as Markdown. version: kubeadm's."""
    footnotes = [item.row for item in DIFFERENCES]
    marks = {EQUAL: "equal", DIFFERENT: "**different**"}
    lines = [
        "# Parity with kubeadm",
        "",
        f"What `playbooks/render.yml` writes against what the real kubeadm {version} writes for the same configuration:",
        f"{len({case.configuration for case in results})} configurations, {len(results)} cases, since some are given in",
        "several forms. Made by `make parity`.",
        "",
        "| configuration | form | " + " | ".join(ARTEFACTS) + " |",
        "| --- | --- | " + " | ".join("---" for _artefact in ARTEFACTS) + " |",
    ]
    for case, cells in results.items():
        texts = []
        for artefact in ARTEFACTS:
            numbers = sorted(footnotes.index(row) + 1 for row in cells[artefact].rows)
            text = marks.get(cells[artefact].word, "equal but")
            texts.append(text + "".join(f" [{number}]" for number in numbers))
        lines.append(f"| {case.configuration} | {case.form or 'kubeadm.conf'} | " + " | ".join(texts) + " |")
    lines += ["", "Deliberate differences, by their rows in the [README](../README.md#differences-from-kubeadm):", ""]
    lines += [f"{number}. {row}" for number, row in enumerate(footnotes, 1)]
    return "\n".join(lines) + "\n"


__all__ = ("DELIBERATE", "DIFFERENT", "EQUAL", "Cell", "Results", "cell", "markdown", "terminal", "unused")
