# SPDX-License-Identifier: GPL-3.0-or-later
"""Declares one thing after the other at random on a finished node, and says where plan and run differ.

PYTHONPATH=.build:tests:molecule/shared python -m chaos SEED COUNT [FIRST]
"""

from __future__ import annotations

import pathlib
import sys
import tempfile
import time

from playbook_runs import on_node, play

from chaos.changes import declaration
from chaos.node_state import node_state
from chaos.trial import Outside, faults, told


def main(seed: int, count: int, first: int) -> int:
    """The exit code: 1 where something is wrong."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + count):
            declared, begin = declaration(seed, number), time.monotonic()
            print(told(number, declared), flush=True)
            outside = Outside(play, lambda: node_state(on_node), pathlib.Path(folder) / str(number))
            found = faults(declared, {}, outside)
            wrong += bool(found)
            for fault in found:
                print(f"   error: {fault}", flush=True)
            print(f"   {'FAILED' if found else 'as planned'} after {time.monotonic() - begin:.0f} s", flush=True)
    print(f"{count} declarations of seed {seed}, {wrong} of them wrong", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), int((sys.argv[3:] or ["1"])[0])))
