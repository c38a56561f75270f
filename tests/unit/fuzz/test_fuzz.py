# SPDX-License-Identifier: GPL-3.0-or-later
"""A fixed number of cases for each reader of foreign data; make fuzz goes on without end."""

from __future__ import annotations

import itertools

import pytest
from fuzz.cases import Hang, cases, feed, seeds
from fuzz.targets import TARGETS

CASES = 400


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("target", TARGETS)
def test_readers_of_foreign_data(target: str) -> None:
    """Breaks a run by what others say: a traceback, a hang, or memory without a limit."""
    for number, data in enumerate(itertools.islice(cases(target, 1), CASES)):
        try:
            feed(TARGETS[target], data)
        except Exception as error:
            pytest.fail(f"case {number} of {target}, {data[:200]!r}: {type(error).__name__}: {error}")


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_is_there(target: str) -> None:
    """Breaks the test before: without seeds nearly every case is refused at its first byte."""
    assert len(seeds(target)) > 2


def test_what_fails_is_seen() -> None:
    """Breaks the tests before: a reader that fails, hangs or takes too much would pass."""

    def hang(_data: bytes) -> None:
        while True:
            pass

    with pytest.raises(Hang):
        feed(hang, b"")
    with pytest.raises(MemoryError):
        feed(lambda _data: bytearray(400 * 2**20).find(b"x") and None, b"")
    with pytest.raises(KeyError):
        feed(lambda _data: {}[0], b"")
