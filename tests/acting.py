# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an action as ansible-core does, with answers in place of a host."""

from __future__ import annotations

import importlib
import pathlib
import types
import typing as t

from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible.template import Templar

PACKAGE = "ansible_collections.kubewright.control_plane.plugins.action."


class Action(t.NamedTuple):
    """result: what the action returns. trips: the module and the arguments of each time that the host was asked.

    hidden: whether the connection keeps what the host answers out of the output.
    """

    result: dict[str, t.Any]
    trips: list[tuple[str, dict[str, t.Any]]]
    hidden: bool

    @property
    def shipped(self) -> dict[str, t.Any] | None:
        """The arguments of the last trip, or None where the host was not asked."""
        return self.trips[-1][1] if self.trips else None


def facts_of_host(facts: dict[str, t.Any]) -> dict[str, t.Any]:
    """What the host answers where the configuration asks what it is."""
    return {"facts": {"files": {}, "answers": {"config": facts}}}


def act(
    name: str,
    arguments: dict[str, t.Any],
    variables: dict[str, t.Any],
    *answers: dict[str, t.Any],
    folder: pathlib.Path | None = None,
    check: bool = False,
    diff: bool = False,
    role: str = "",
    pipelining: bool = True,
) -> Action:
    """answers: of the host, trip by trip; where there is none, one that says that nothing has changed, once.

    pipelining: whether the connection knows it. folder: that of the playbook.
    role: of this collection, that the play has and that the task is run for.
    """
    task = types.SimpleNamespace(
        args=arguments,
        action="kubewright.control_plane." + name,
        async_val=0,
        check_mode=check,
        diff=diff,
        no_log=False,
        get_dep_chain=lambda: (
            [types.SimpleNamespace(get_name=lambda: "kubewright.control_plane." + role)] if role else None
        ),
    )
    play_context = types.SimpleNamespace(no_log=False)
    shell = types.SimpleNamespace(tmpdir="/tmp")
    options: dict[str, t.Any] = {}
    connection = types.SimpleNamespace(
        _shell=shell, _play_context=play_context, has_pipelining=pipelining, set_option=options.__setitem__
    )
    loader = DataLoader()
    if folder is not None:
        loader.set_basedir(str(folder))
    loader.set_vault_secrets([("default", VaultSecret(b"open"))])
    templar = Templar(loader=loader, variables=variables)
    class_ = importlib.import_module(PACKAGE + name).ActionModule
    action = class_(task, connection, play_context, loader, templar, None)
    left = list(answers) or [{"changed": False}]
    trips: list[tuple[str, dict[str, t.Any]]] = []

    def execute(
        module_name: str | None = None, module_args: dict[str, t.Any] | None = None, **_more: t.Any
    ) -> dict[str, t.Any]:
        trips.append(((module_name or task.action).rsplit(".", 1)[-1], module_args or {}))
        assert left, f"the host was asked more than {len(answers)} times"
        return dict(left.pop(0))

    action._execute_module = execute
    action._is_pipelining_enabled = lambda _style: pipelining and bool(options.get("pipelining"))
    result = action.run(task_vars=variables)
    return Action(result, trips, play_context.no_log)


__all__ = ("Action", "act")
