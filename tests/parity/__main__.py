# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of the parity test; tests/parity.sh runs them. WORK is its folder; MINOR chooses a version, none means all.

python -m parity give WORK [MINOR]                  writes what kubeadm and our side are given
python -m parity inventory WORK HOSTNAME [MINOR]    an inventory with one host for each case
python -m parity compare WORK [MINOR]               compares, prints the table, writes docs/parity.md where it has all
"""

from __future__ import annotations

import pathlib
import shutil
import sys
import typing as t

import yaml

from parity.artefacts import ARTEFACTS
from parity.cases import Case, Version, cases, oracles, versions
from parity.report import Results, cell, markdown, terminal, unused
from parity.sides import Oracle, Rendered

PROJECT = pathlib.Path(__file__).resolve().parents[2]


def _chosen(arguments: t.Sequence[str]) -> tuple[Version, ...]:
    return tuple(version for version in versions() if not arguments or version.minor in arguments)


def _given(work: pathlib.Path, case: Case) -> pathlib.Path:
    """The file that our side is given."""
    return work / "given" / f"{case.name}.conf"


def _oracle(work: pathlib.Path, case: Case, what: str) -> pathlib.Path:
    """A folder of the real kubeadm. what: given, or kubeadm (what it wrote)."""
    return work / case.version.minor / what / case.name


def give(work: pathlib.Path, chosen: t.Sequence[Version]) -> None:
    """Writes what both sides are given, with the version in the place of its placeholder."""
    for case in oracles(chosen):
        folder = _oracle(work, case, "given")
        folder.mkdir(parents=True)
        (folder / "kubeadm.conf").write_text(case.given_to_kubeadm())
        if (case.folder / "settings.env").exists():
            shutil.copy(case.folder / "settings.env", folder)
        if (case.folder / "patches").is_dir():
            shutil.copytree(case.folder / "patches", folder / "patches")
    for case in cases(chosen):
        path = _given(work, case)
        path.parent.mkdir(exist_ok=True)
        path.write_text(case.given())


def inventory(work: pathlib.Path, hostname: str, chosen: t.Sequence[Version]) -> str:
    """The inventory as YAML. Some of what our side is told of the host is what oracle.sh saw of its own."""
    hosts: dict[str, t.Any] = {}
    for case in cases(chosen):
        seen = _oracle(work, case.oracle, "kubeadm")
        facts = {
            "hostname": hostname,
            "default_address": (seen / "address.txt").read_text().strip(),
            "directories": (seen / "directories.txt").read_text().split(),
            **case.facts(),
        }
        hosts[case.name] = {**case.variables(_given(work, case)), "kubewright_render_facts": facts}
    variables = {"kubewright_render_secrets": True}
    return yaml.safe_dump({"control_plane": {"hosts": hosts, "vars": variables}}, sort_keys=False)


def compare(work: pathlib.Path, chosen: t.Sequence[Version]) -> int:
    """Compares all cases; the exit code."""
    results: Results = {}
    for case in cases(chosen):
        kubeadm, ours = Oracle(_oracle(work, case.oracle, "kubeadm")), Rendered(work / "ours" / case.name)
        results[case] = {name: cell(name, function(kubeadm, ours)) for name, function in ARTEFACTS.items()}
    print(terminal(results))
    failures = sum(bool(item.different) for cells in results.values() for item in cells.values())
    stale, current = [], True
    if tuple(chosen) == versions():
        stale = unused(results)
        for row in stale:
            print(f"The deliberate difference '{row}' is not met any more: take it out of tests/parity/differences.py.")
        text, published = markdown(results), PROJECT / "docs/parity.md"
        current = published.exists() and published.read_text() == text
        published.parent.mkdir(exist_ok=True)
        published.write_text(text)
        if not current:
            print("docs/parity.md was not current; it has been written anew.")
    print(f"{len(results)} cases, {len(ARTEFACTS)} artefacts each: {failures} comparisons differ.")
    return 1 if failures or stale or not current else 0


def main(arguments: list[str]) -> int:
    """Runs a step."""
    match arguments:
        case ["give", work, *chosen]:
            give(pathlib.Path(work), _chosen(chosen))
            return 0
        case ["inventory", work, hostname, *chosen]:
            print(inventory(pathlib.Path(work), hostname, _chosen(chosen)))
            return 0
        case ["compare", work, *chosen]:
            return compare(pathlib.Path(work), _chosen(chosen))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
