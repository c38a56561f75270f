# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of the parity test; tests/parity.sh runs them.

python -m parity inventory ORACLE HOSTNAME    an inventory with one host for each case
python -m parity compare ORACLE RENDERED      compares, prints the table, writes docs/parity.md
"""

from __future__ import annotations

import pathlib
import sys
import typing as t

import yaml

from parity.artefacts import ARTEFACTS
from parity.cases import cases
from parity.report import Results, cell, markdown, terminal, unused
from parity.sides import Oracle, Rendered

PROJECT = pathlib.Path(__file__).resolve().parents[2]
VERSION = "v1.20.2"
# What Debian has of the folders with CA certificates that kubeadm looks for.
DIRECTORIES = ["/etc/ca-certificates", "/usr/local/share/ca-certificates", "/usr/share/ca-certificates"]


def inventory(oracle: pathlib.Path, hostname: str) -> str:
    """The inventory as YAML. oracle: what oracle.sh wrote, which knows kubeadm's address for each configuration."""
    hosts: dict[str, t.Any] = {}
    for case in cases():
        address = (oracle / case.configuration / "address.txt").read_text().strip()
        facts = {"hostname": hostname, "default_address": address, "directories": DIRECTORIES, **case.facts()}
        hosts[case.name] = {**case.variables(), "kubewright_render_facts": facts}
    variables = {"kubewright_render_secrets": True}
    return yaml.safe_dump({"control_plane": {"hosts": hosts, "vars": variables}}, sort_keys=False)


def compare(oracle: pathlib.Path, rendered: pathlib.Path) -> int:
    """Compares all cases; the exit code."""
    results: Results = {}
    for case in cases():
        kubeadm, ours = Oracle(oracle / case.configuration), Rendered(rendered / case.name)
        results[case] = {name: cell(name, function(kubeadm, ours)) for name, function in ARTEFACTS.items()}
    print(terminal(results))
    text, published = markdown(results, VERSION), PROJECT / "docs/parity.md"
    current = published.exists() and published.read_text() == text
    published.parent.mkdir(exist_ok=True)
    published.write_text(text)
    failures = sum(bool(item.different) for cells in results.values() for item in cells.values())
    stale = unused(results)
    for row in stale:
        print(f"The deliberate difference '{row}' is not met any more: take it out of tests/parity/differences.py.")
    if not current:
        print("docs/parity.md was not current; it has been written anew.")
    print(f"{len(results)} cases, {len(ARTEFACTS)} artefacts each: {failures} comparisons differ.")
    return 1 if failures or stale or not current else 0


def main(arguments: list[str]) -> int:
    """Runs a step."""
    if len(arguments) == 3 and arguments[0] == "inventory":
        print(inventory(pathlib.Path(arguments[1]), arguments[2]))
        return 0
    if len(arguments) == 3 and arguments[0] == "compare":
        return compare(pathlib.Path(arguments[1]), pathlib.Path(arguments[2]))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
