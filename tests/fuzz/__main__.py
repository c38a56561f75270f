# SPDX-License-Identifier: GPL-3.0-or-later
"""Feeds all readers of foreign data without end, each in turn, until one fails. What it failed at joins the corpus.

PYTHONPATH=.build:tests python -m fuzz [--seconds COUNT] [TARGET...]
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import random
import sys
import time
import traceback
import warnings

from fuzz.cases import CORPUS, cases, feed
from fuzz.targets import TARGETS

_TURN = 2000


def main() -> int:
    """The exit code: 1 where a reader failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", metavar="TARGET", default=list(TARGETS))
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args()
    # cryptography warns of what is odd in certificates.
    warnings.simplefilter("ignore")
    seed, end, count = random.randrange(2**32), time.monotonic() + options.seconds, 0
    print(f"seed {seed}", flush=True)
    feeds = {name: cases(name, seed) for name in options.targets}
    for name in itertools.cycle(options.targets):
        for data in itertools.islice(feeds[name], _TURN):
            count += 1
            try:
                feed(TARGETS[name], data)
            except Exception:
                path = CORPUS / name / hashlib.sha256(data).hexdigest()[:12]
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)
                traceback.print_exc()
                print(f"error: {name} failed at {path}", file=sys.stderr)
                return 1
        print(f"{count} cases, the last {_TURN} of {name}", flush=True)
        if time.monotonic() >= end:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
