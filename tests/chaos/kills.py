# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that are killed in the middle of a change: the next one has to end as one that nobody has disturbed.

PYTHONPATH=.build:tests:molecule/shared python -m chaos.kills SEED COUNT
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import typing as t

from playbook_runs import NODE, PROJECT, Run, command_line, on_node, play
from run_output import environment

from chaos.node_state import differences, node_state

Variables = dict[str, t.Any]
# What a change of everything that runs looks like, and the way back.
OLD: Variables = {
    "kubewright_apiserver_extra_args": {"profiling": "true"},
    "kubewright_scheduler_extra_args": {"profiling": "true"},
    "kubewright_apiserver_cert_sans": ["old.example.com"],
}
NEW: Variables = {
    "kubewright_apiserver_extra_args": {"profiling": "false"},
    "kubewright_scheduler_extra_args": {"profiling": "false"},
    "kubewright_apiserver_cert_sans": ["new.example.com"],
}
_UNKNOWN = {"no-such-flag": "1"}
# With which no control plane can run, so that what was there before is put back.
BAD: t.Sequence[Variables] = (
    {"kubewright_apiserver_extra_args": _UNKNOWN},
    {"kubewright_etcd_extra_args": _UNKNOWN},
    {"kubewright_kubelet_extra_args": _UNKNOWN},
    {"kubewright_scheduler_extra_args": _UNKNOWN, "kubewright_controller_manager_extra_args": _UNKNOWN},
)
# In seconds: before that no module runs on the host.
SOONEST = 3.0
_TASK = re.compile(r"^TASK \[", re.MULTILINE)
# A file's times are those of the run that wrote it, and a certificate that is made anew has another key.
_TIME = re.compile(r"^(\S+ \S+ \S+ \S+ \S* ?)\d+\.\d+ ")
_MADE_ANEW = ("/etc/kubernetes/pki/apiserver.crt", "/etc/kubernetes/pki/apiserver.key")


class Kill(t.NamedTuple):
    """Where a run is ended. task: when so many tasks were begun; 0 where it is ended with the module that runs on the host, after so
    many seconds. variables: what the run declares. after: what the next one does.
    """

    task: int
    seconds: float
    variables: Variables
    after: Variables

    def __str__(self) -> str:
        if self.task:
            return f"killed at the beginning of task {self.task}"
        return f"killed on the host after {self.seconds:.1f} s, with {', '.join(self.variables)}"


def inside(seed: int, count: int, lengths: t.Sequence[float]) -> list[Kill]:
    """So many kills of modules during changes that have to be taken back. lengths: how long each of C(BAD) takes, in seconds."""
    source = random.Random(seed)
    chosen = [source.randrange(len(BAD)) for _kill in range(count)]
    return [Kill(0, source.uniform(SOONEST, lengths[number]), BAD[number], OLD) for number in chosen]


def _descendants(top: int) -> list[int]:
    """A process and all that it has started: Ansible's workers have sessions of their own, and outlive their parent."""
    children: dict[int, list[int]] = {}
    for row in subprocess.run(
        ["ps", "-eo", "pid,ppid"], check=True, capture_output=True, text=True
    ).stdout.splitlines()[1:]:
        pid, parent = map(int, row.split())
        children.setdefault(parent, []).append(pid)
    found = [top]
    for pid in found:
        found += children.get(pid, [])
    return found


def ended(kill: Kill, playbook: str = "init-control-plane.yml") -> bool:
    """Runs the playbook and kills it; whether it was still running."""
    command = command_line(kill.variables, playbook=playbook)
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=PROJECT,
        env=environment(),
        start_new_session=True,
    )
    reached = threading.Event()

    def read() -> None:
        tasks = 0
        with t.cast("t.IO[str]", process.stdout) as output:
            for line in output:
                tasks += bool(_TASK.match(line))
                if kill.task and tasks >= kill.task:
                    reached.set()
        reached.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    if kill.task:
        reached.wait()
    else:
        reached.wait(kill.seconds)
    was_running = process.poll() is None
    if was_running:
        for descendant in _descendants(process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(descendant, signal.SIGKILL)
        if not kill.task:
            subprocess.run(["docker", "exec", NODE, "pkill", "-9", "-x", "python3"], check=False)
    process.wait()
    reader.join()
    return was_running


def state() -> dict[str, str]:
    """Of the node, without times and what is made anew by chance."""
    found = {name: _TIME.sub(r"\1", text) for name, text in node_state(on_node).items()}
    return {name: text for name, text in found.items() if name not in _MADE_ANEW}


def settled(variables: Variables) -> tuple[dict[str, str], list[str], int]:
    """The state after a run, what is wrong with that, and how many tasks it has begun."""
    run: Run = play(variables)
    if run.code != 0:
        return {}, [f"the next run fails: {run.output[-4000:]}"], 0
    again: Run = play(variables)
    wrong = [] if again.code == 0 and not again.changed else [f"the run after it: {again.output[-3000:]}"]
    return state(), wrong, len(_TASK.findall(run.output))


def length(variables: Variables) -> float:
    """How long a change takes that has to be taken back, in seconds. Raises RuntimeError where it is not."""
    begin = time.monotonic()
    run: Run = play(variables)
    if run.code == 0:
        raise RuntimeError(f"{variables} can run")
    return time.monotonic() - begin


def trial(kill: Kill, wanted: t.Mapping[str, str]) -> list[str]:
    """What is wrong after a kill. wanted: the state after a run of C(kill.after) that nobody has disturbed."""
    while not ended(kill):
        # It was quicker than the one whose length was measured.
        if kill.task or kill.seconds < SOONEST:
            return ["the run was over before it was killed"]
        kill = kill._replace(seconds=kill.seconds / 2)
    found, wrong, _tasks = settled(kill.after)
    return wrong or [f"differs: {name}" for name in differences(wanted, found)]


def main(seed: int, count: int) -> int:
    """The exit code: 1 where something is wrong. count: of kills inside modules; at the beginning of each task is one more."""
    print(f"seed {seed}", flush=True)
    undisturbed, tasks = {}, 0
    for name, variables in (("new", NEW), ("old", OLD)):
        undisturbed[name], wrong, tasks = settled(variables)
        if wrong:
            print("\n".join(wrong))
            return 1
    kills = [(kill, "old") for kill in inside(seed, count, [length(variables) for variables in BAD])]
    ways = [(NEW, "new"), (OLD, "old")]
    for task in range(1, tasks + 1):
        variables, name = ways[(task + 1) % 2]
        kills.append((Kill(task, 0.0, variables, variables), name))
    failures = 0
    for kill, name in kills:
        begin = time.monotonic()
        wrong = trial(kill, undisturbed[name])
        failures += bool(wrong)
        print(f"{'WRONG' if wrong else 'right'}  {time.monotonic() - begin:4.0f} s  {kill}", flush=True)
        for text in wrong:
            print(f"       {text}", flush=True)
    print(f"{len(kills) - failures} of {len(kills)} right", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
