# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/faults.md: what was made, and what was found."""

from __future__ import annotations

import typing as t

from faults.trial import LIMIT, Outcome

_HEAD = """# Faults that the diagnosis was tried on

Made by `make faults` on Kubernetes {version}, one after the other (seed {seed}), on a control plane that runs. Found first is what
`playbooks/diagnose.yml` names first; it has to be the cause, at most {limit:.0f} s after the first sign (a process that was
started since and has ended; where there is none, a component that is not well), and nothing else may have been said to be certain before.

**{right} of {all} right; {wrong} wrong verdicts in {starts} starts of a healthy control plane.**

The words in the third column are those of `fault` in the results of the module and in `diagnosis.json`.

| fault | found first | as | after | |
| --- | --- | --- | --- | --- |
"""


def page(outcomes: t.Sequence[Outcome], wrong: int, starts: int, version: str, seed: int) -> str:
    """The whole of it."""
    right = sum(outcome.is_right for outcome in outcomes)
    head = _HEAD.format(
        version=version, seed=seed, limit=LIMIT, right=right, all=len(outcomes), wrong=wrong, starts=starts
    )
    return head + "".join(_row(outcome) for outcome in sorted(outcomes, key=lambda outcome: outcome.fault.name))


def _row(outcome: Outcome) -> str:
    seconds = "" if outcome.seconds is None else f"{outcome.seconds:.0f} s"
    cells = [
        outcome.fault.name,
        outcome.sentence.replace("|", "\\|"),
        outcome.found[-1].replace(" (probably)", "").split(" ")[-1] if outcome.found else "",
        seconds,
        "right" if outcome.is_right else "**wrong**",
    ]
    return "| {} |\n".format(" | ".join(cells))


__all__ = ("page",)
