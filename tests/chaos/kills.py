# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that are killed in the middle of a change: the next one has to end as one that nobody has disturbed.

PYTHONPATH=.build:tests:molecule/shared python -m chaos.kills SEED COUNT
"""

from __future__ import annotations

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
    "kubewright_cert_sans": ["old.example.com"],
}
NEW: Variables = {
    "kubewright_apiserver_extra_args": {"profiling": "false"},
    "kubewright_scheduler_extra_args": {"profiling": "false"},
    "kubewright_cert_sans": ["new.example.com"],
}
_UNKNOWN = {"no-such-flag": "1"}
# With which no control plane can run, so that what was there before is put back.
BAD: t.Sequence[Variables] = (
    {"kubewright_apiserver_extra_args": _UNKNOWN},
    {"kubewright_etcd_extra_args": _UNKNOWN},
    {"kubewright_kubelet_extra_args": _UNKNOWN},
    {"kubewright_scheduler_extra_args": _UNKNOWN, "kubewright_controller_manager_extra_args": _UNKNOWN},
)
# In seconds: for how long a change of those may go on before it is cut off.
LONGEST = 30.0
_TASK = re.compile(r"^TASK \[")
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


def inside(seed: int, count: int) -> list[Kill]:
    """So many kills of modules during changes that have to be taken back."""
    source = random.Random(seed)
    return [Kill(0, source.uniform(3.0, LONGEST), source.choice(BAD), OLD) for _kill in range(count)]


def ended(kill: Kill) -> bool:
    """Runs the playbook and kills it; whether it was still running."""
    command = command_line(kill.variables)
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
        for line in t.cast("t.IO[str]", process.stdout):
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
        os.killpg(process.pid, signal.SIGKILL)
        if not kill.task:
            subprocess.run(["docker", "exec", NODE, "pkill", "-9", "-x", "python3"], check=False)
    process.wait()
    reader.join()
    return was_running


def state() -> dict[str, str]:
    """Of the node, without times and what is made anew by chance."""
    found = {name: _TIME.sub(r"\1", text) for name, text in node_state(on_node).items()}
    return {name: text for name, text in found.items() if name not in _MADE_ANEW}


def settled(variables: Variables) -> tuple[dict[str, str], list[str]]:
    """The state after a run, and what is wrong with that."""
    run: Run = play(variables)
    if run.code != 0:
        return {}, [f"the next run fails: {run.output[-4000:]}"]
    again: Run = play(variables)
    wrong = [] if again.code == 0 and not again.changed else [f"the run after it: {again.output[-3000:]}"]
    return state(), wrong


def boundaries() -> int:
    """How many tasks a changing run begins."""
    run: Run = play(OLD, "--list-tasks")
    return len(re.findall(r"\tTAGS: ", run.output)) or 40


def trial(kill: Kill, wanted: t.Mapping[str, str]) -> list[str]:
    """What is wrong after a kill. wanted: the state after a run of C(kill.after) that nobody has disturbed."""
    if not ended(kill):
        return ["the run was over before it was killed"]
    found, wrong = settled(kill.after)
    return wrong or [f"differs: {name}" for name in differences(wanted, found)]


def main(seed: int, count: int) -> int:
    """The exit code: 1 where something is wrong. count: of kills inside modules, and the most at boundaries of tasks."""
    print(f"seed {seed}", flush=True)
    undisturbed = {}
    for name, variables in (("new", NEW), ("old", OLD)):
        undisturbed[name], wrong = settled(variables)
        if wrong:
            print("\n".join(wrong))
            return 1
    kills = [(kill, "old") for kill in inside(seed, count)]
    ways = [(NEW, "new"), (OLD, "old")]
    for task in range(1, min(boundaries(), count * 2) + 1):
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
