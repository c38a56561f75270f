# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The rules of packet filters that kube-proxy, the kubelet and network plugins leave, and how they are taken out without the others."""

from __future__ import annotations

import re
import shlex
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.errors import KubewrightError
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.command import Runner, find_command
from ansible_collections.kubewright.control_plane.plugins.module_utils._host.memory import as_file_of_child

# The chains of kube-proxy and the kubelet, of the plugins portmap and bridge, of Calico, Cilium and flannel.
_CHAIN = re.compile(r"^(?:KUBE-|CNI-|cali-|CILIUM_|FLANNEL-|OLD_CILIUM_)")
# Both back ends may have some: kube-proxy takes the one of the kubelet, and the host's command may be the other.
_SAVES = ("iptables-legacy-save", "iptables-nft-save", "ip6tables-legacy-save", "ip6tables-nft-save")
_ANY_SAVES = ("iptables-save", "ip6tables-save")
# Of kube-proxy in mode nftables (since 1.29).
_NFT_TABLES = (("ip", "kube-proxy"), ("ip6", "kube-proxy"))


def _target(words: t.Sequence[str]) -> str:
    for option in ("-j", "-g"):
        if option in words[:-1]:
            return words[words.index(option) + 1]
    return ""


def removal(saved: str) -> str:
    """What C(iptables-restore --noflush) takes to remove them; empty where there are none. saved: of C(iptables-save)."""
    result: list[str] = []
    for table in re.split(r"^\*", saved, flags=re.MULTILINE)[1:]:
        name, *lines = table.splitlines()
        ours = [chain for chain in (line[1:].split(" ")[0] for line in lines if line[:1] == ":") if _CHAIN.match(chain)]
        jumps = [line for line in lines if line.startswith("-A ") and _is_jump(line)]
        if ours or jumps:
            commands = [f"-D{line[2:]}" for line in jumps]
            commands += [f"-F {chain}" for chain in ours] + [f"-X {chain}" for chain in ours]
            result += [f"*{name.strip()}", *commands, "COMMIT"]
    return "".join(f"{line}\n" for line in result)


def _is_jump(rule: str) -> bool:
    """Whether a rule of another chain leads into one of theirs."""
    try:
        words = shlex.split(rule)
    except ValueError:
        return False
    return not _CHAIN.match(words[1]) and bool(_CHAIN.match(_target(words)))


class Filter(t.NamedTuple):
    """One set of rules. name: of its command. change: what removes them, for its command C(restore)."""

    name: str
    change: str
    restore: str


def found(run: Runner) -> list[Filter]:
    """The sets that have some."""
    programs = {name: find_command(name) for name in _SAVES}
    if not any(programs.values()):
        programs = {name: find_command(name) for name in _ANY_SAVES}
    result = []
    for name, program in programs.items():
        answer = run([program]) if program is not None else None
        change = removal(answer.stdout) if answer is not None and answer.code == 0 else ""
        if change:
            result.append(Filter(name[: -len("-save")], change, str(program)[: -len("save")] + "restore"))
    return result


def nft_tables(run: Runner) -> list[tuple[str, str]]:
    """kube-proxy's tables of nftables, by their families and names."""
    program = find_command("nft")
    if program is None:
        return []
    return [table for table in _NFT_TABLES if run([program, "list", "table", *table]).code == 0]


def remove(run: Runner, filters: t.Sequence[Filter], tables: t.Sequence[tuple[str, str]]) -> None:
    """Removes them, each set at once or not at all. Raises KubewrightError."""
    for item in filters:
        with as_file_of_child(item.change.encode("utf-8")) as change:
            _done(run, item.name, [item.restore, "--noflush", change])
    for table in tables:
        _done(run, "nft", [str(find_command("nft")), "delete", "table", *table])


def _done(run: Runner, name: str, command: t.Sequence[str]) -> None:
    answer = run(command)
    if answer.code != 0:
        said = " ".join((answer.stderr or answer.stdout).split())
        raise KubewrightError(
            f"{name}: the rules of Kubernetes cannot be removed: {said}. Remove them by hand, or run again."
        )


__all__ = ("Filter", "found", "nft_tables", "removal", "remove")
