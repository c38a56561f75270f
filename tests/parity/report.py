# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: a table of configurations and versions, for the terminal and as Markdown."""

from __future__ import annotations

import typing as t

from parity.cases import Case, Version
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


class _Row(t.NamedTuple):
    """A row of the table: a configuration in one form."""

    configuration: str
    form: str


def _table(results: Results) -> tuple[list[Version], dict[_Row, dict[Version, dict[str, Cell]]]]:
    """The columns, and the cells of each row by column."""
    rows: dict[_Row, dict[Version, dict[str, Cell]]] = {}
    for case, cells in results.items():
        rows.setdefault(_Row(case.configuration, case.form), {})[case.version] = cells
    return sorted({case.version for case in results}, key=lambda version: version.number), dict(sorted(rows.items()))


def _different(cells: t.Mapping[str, Cell]) -> list[str]:
    """The artefacts that differ."""
    return [artefact for artefact, item in cells.items() if item.different]


def _rows_of(cells: t.Mapping[str, Cell]) -> set[str]:
    return {row for item in cells.values() for row in item.rows}


def _word(cells: t.Mapping[str, Cell] | None) -> str:
    """A case in one word."""
    if cells is None:
        return "-"
    return DIFFERENT if _different(cells) else DELIBERATE if _rows_of(cells) else EQUAL


def terminal(results: Results) -> str:
    """The table for a terminal, and under it every difference that must not be."""
    columns, rows = _table(results)
    width = max(len(f"{row.configuration} {row.form}") for row in rows)
    lines = [" ".join([" " * width, *(f"{version.minor:>10}" for version in columns)])]
    for row, cells in rows.items():
        words = [f"{_word(cells.get(version)):>10}" for version in columns]
        lines.append(" ".join([f"{row.configuration} {row.form}".ljust(width), *words]))
    for case, found in results.items():
        for artefact, item in found.items():
            lines += [f"{case.name}, {artefact}: {line}" for line in item.different]
    return "\n".join(lines) + "\n"


def _text(cells: t.Mapping[str, Cell] | None, footnotes: t.Sequence[str]) -> str:
    """A case as a cell of Markdown, with the artefacts that differ by name."""
    if cells is None:
        return "-"
    if _different(cells):
        return f"**different**: {', '.join(_different(cells))}"
    numbers = sorted(footnotes.index(row) + 1 for row in _rows_of(cells))
    return "equal" if not numbers else "equal but" + "".join(f" [{number}]" for number in numbers)


def _listed(items: t.Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(items[:-1]), items[-1]) if part)


def markdown(results: Results) -> str:
    """The table as Markdown."""
    footnotes = [item.row for item in DIFFERENCES]
    columns, rows = _table(results)
    artefacts = list(next(iter(results.values())))
    lines = [
        "# Parity with kubeadm",
        "",
        "What `playbooks/render.yml` writes against what the real kubeadm writes for the same configuration:",
        f"{_listed(artefacts)}, all of them in each cell.",
        f"{len({row.configuration for row in rows})} configurations, some of them in several forms: {len(results)} cases with "
        "the versions.",
        "A dash: the kubeadm of that version has no such configuration, or the form is compared in another version.",
        "Made by `make parity`.",
        "",
        f"The versions are {_listed([version.text for version in columns])}.",
        "",
        "| configuration | form | " + " | ".join(version.minor for version in columns) + " |",
        "| --- | --- | " + " | ".join("---" for _version in columns) + " |",
    ]
    for row, cells in rows.items():
        texts = [_text(cells.get(version), footnotes) for version in columns]
        lines.append(f"| {row.configuration} | {row.form} | " + " | ".join(texts) + " |")
    lines += ["", "Deliberate differences, by their rows in the [README](../README.md#differences-from-kubeadm):", ""]
    lines += [f"{number}. {row}" for number, row in enumerate(footnotes, 1)]
    return "\n".join(lines) + "\n"


__all__ = ("DELIBERATE", "DIFFERENT", "EQUAL", "Cell", "Results", "cell", "markdown", "terminal", "unused")
