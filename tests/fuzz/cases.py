# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases: what the corpus holds, changed at random, always the same for the same seed."""

from __future__ import annotations

import pathlib
import random
import resource
import signal
import types
import typing as t

CORPUS = pathlib.Path(__file__).with_name("corpus")
# A reader that takes longer hangs, and one that takes more has no limit. In seconds and MiB.
SECONDS, MEBIBYTES = 2.0, 200
_LARGEST = 2**18
_WORDS = (
    *(
        b"\0",
        b"\n",
        b"---\n",
        b": ",
        b"- ",
        b"{",
        b"}",
        b"[",
        b"]",
        b"&a ",
        b"*a",
        b"<<: ",
        b"!!binary ",
        b"!!bool ",
        b"!!int ",
        b"!!float ",
        b"0x1f",
        b"1_000",
        b"'",
        b'"',
        b"\\",
        b"#",
    ),
    *(
        b"\xff",
        b"\xed\xa0\x80",
        b"\xe2\x80\xae",
        b"\x1b[31m",
        b"0123",
        b"1:30",
        b"1e999",
        b"9" * 400,
        b".nan",
        b"null",
        b"2026-01-01",
    ),
    *(
        b"-----BEGIN ",
        b"-----END ",
        b"CERTIFICATE-----",
        b"PRIVATE KEY-----",
        b"apiVersion: v1\n",
        b"kind: Pod\n",
        b"spec:\n  ",
    ),
)


class Hang(Exception):
    """The reader did not end in time."""


def seeds(target: str) -> list[bytes]:
    """What the corpus holds for a target, and nothing."""
    return [b"", *(path.read_bytes() for path in sorted((CORPUS / target).glob("*")))]


def _changed(data: bytes, source: random.Random, others: t.Sequence[bytes]) -> bytes:
    at = source.randrange(len(data) + 1)
    end = min(len(data), at + source.choice((1, 2, 8, 64)))
    kind = source.randrange(7)
    if kind == 0:
        return data[:at] + source.choice(_WORDS) + data[at:]
    if kind == 1:
        return data[:at] + data[end:]
    if kind == 2:
        return data[:at] + bytes(source.randrange(256) for _byte in range(end - at)) + data[end:]
    if kind == 3:
        return data[:at] + data[at:end] * source.choice((2, 50, 3000)) + data[end:]
    if kind == 4:
        other = source.choice(others)
        return data[:at] + other[source.randrange(len(other) + 1) :]
    if kind == 5:
        return data[:at] + source.choice(_WORDS) * source.choice((2, 100, 5000)) + data[end:]
    return data[:at]


def cases(target: str, seed: int) -> t.Iterator[bytes]:
    """The corpus, and then what comes of it, without end."""
    source, known = random.Random(f"{target} {seed}"), seeds(target)
    yield from known
    while True:
        data = source.choice(known)
        for _change in range(source.randrange(1, 6)):
            data = _changed(data, source, known)[:_LARGEST]
        yield data


def _address_space() -> int:
    """How much this process has, in bytes (proc(5), statm)."""
    pages = int(pathlib.Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def feed(reader: t.Callable[[bytes], None], data: bytes) -> None:
    """Gives a reader one case. Raises what the reader raises, Hang, and MemoryError where it takes too much."""

    def stop(_signal: int, _frame: types.FrameType | None) -> t.NoReturn:
        raise Hang(f"it has not ended within {SECONDS:g} s")

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    earlier = signal.signal(signal.SIGALRM, stop)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + MEBIBYTES * 2**20, hard))
    signal.setitimer(signal.ITIMER_REAL, SECONDS * 10)
    try:
        # By the time of the processor: others may be at work.
        used = resource.getrusage(resource.RUSAGE_SELF)
        reader(data)
        now = resource.getrusage(resource.RUSAGE_SELF)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)
    if now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime > SECONDS:
        raise Hang(f"it takes more than {SECONDS:g} s of the processor")
