# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The firewall rules of this host, read with as few commands as that needs."""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils import _network as network
from ansible_collections.kubewright.control_plane.plugins.module_utils._command import Result
from ansible_collections.kubewright.control_plane.plugins.module_utils._config import Config
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_iptables as iptables
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight import _firewall_nftables as nftables
from ansible_collections.kubewright.control_plane.plugins.module_utils._preflight._host import Host

Facts = t.Dict[str, t.Any]

_LONGEST_OUTPUT = 32 * 2**20
_NOT_FOUND = 127

# What iptables-nft-save and, where it is iptables-nft, iptables-save print in their first line.
_NFT_VARIANT = "(nf_tables)"

# What libnetfilter says where the kernel has no nf_tables at all.
_NO_NF_TABLES = "Protocol not supported"

# Networks of containers and virtual machines: what arrives there does not come from another host.
_LOCAL_INTERFACE = re.compile(
    r"lo|docker\d+|docker_gwbridge|br-[0-9a-f]{12}|podman\d+|cni\d+|cni-podman\d+|veth.*|cali.*|lxc.*|lxdbr\d+|"
    r"virbr\d+.*|vnet\d+|tap.*|flannel.*|vxlan\.calico|vxlan-v6\.calico|tunl0|cilium_.*|weave|nodelocaldns|"
    r"kube-ipvs0|kube-bridge|dummy\d+|sit0|ip6tnl0"
)


def _run(host: Host, command: str, *arguments: str) -> Result:
    return host.run([host.command(command) or command, *arguments])


def _problem(command: str, result: Result) -> str:
    lines = [line for line in (result.stderr or result.stdout).splitlines() if line.strip()]
    reason = lines[-1].strip() if lines else f"exit code {result.code}"
    return reason if reason.startswith(command) else f"{command}: {reason}"


def _read_nftables(host: Host) -> tuple[list[dict[str, t.Any]] | None, str]:
    # The ruleset, or None where nft is not there or does not tell it; and why it is not known.
    command = "nft -j list ruleset"
    result = _run(host, "nft", "-j", "list", "ruleset")
    if result.code == _NOT_FOUND:
        return None, ""
    if result.code != 0:
        if _NO_NF_TABLES in result.stderr:
            return [], ""
        # Versions before 0.9.0, and some builds, cannot print JSON.
        tables = _run(host, "nft", "list", "tables")
        known = {f"table {family} {table}" for family in ("ip", "ip6") for table in iptables.TABLES}
        if tables.code == 0 and {line.strip() for line in tables.stdout.splitlines() if line.strip()} <= known:
            return None, ""
        return None, _problem(command, result)
    if len(result.stdout) > _LONGEST_OUTPUT:
        return None, f"{command} printed more than {_LONGEST_OUTPUT} characters"
    try:
        objects = json.loads(result.stdout or '{"nftables": []}')["nftables"]
    except (KeyError, TypeError, ValueError):
        return None, f"{command} printed something that is no ruleset"
    if not isinstance(objects, list):
        return None, f"{command} printed something that is no ruleset"
    return [item for item in objects if isinstance(item, dict) and "metainfo" not in item], ""


def _save(host: Host, names: t.Sequence[str], found: dict[str, Facts], unread: list[str]) -> int:
    # Adds what the first of the commands that is there prints, or why it does not; gives its exit code.
    name, result = names[0], Result(_NOT_FOUND, "", "")
    for name in names:
        result = _run(host, name)
        if result.code != _NOT_FOUND:
            break
    if result.code == 0 and len(result.stdout) > _LONGEST_OUTPUT:
        unread.append(f"{name} printed more than {_LONGEST_OUTPUT} characters")
    elif result.code == 0 and result.stdout.strip():
        variant = "nft" if _NFT_VARIANT in result.stdout or "nft" in name else "legacy"
        found[name] = {"command": name[: -len("-save")], "variant": variant, "text": result.stdout}
    elif result.code not in (0, _NOT_FOUND):
        unread.append(_problem(name, result))
    return result.code


def _read_iptables(host: Host, family: str, ruleset: list[dict[str, t.Any]] | None) -> tuple[list[Facts], list[str]]:
    found: dict[str, Facts] = {}
    unread: list[str] = []
    if ruleset is None or nftables.opaque_tables(ruleset, 6 if family == "ip6" else 4):
        code = _save(host, (f"{family}tables-nft-save", f"{family}tables-save"), found, unread)
        is_loaded = any(line.startswith("nf_tables ") for line in host.lines("/proc/modules"))
        if ruleset is None and code == _NOT_FOUND and is_loaded:
            unread.append(f"no nft and no {family}tables-nft-save for the rules in nf_tables")
        for name, saved in found.items():
            if ruleset is None and re.search(r"^# Table .* incompatible", saved["text"], re.M):
                unread.append(f"{name} cannot print all rules of nftables")
    tables = f"/proc/net/{family}_tables_names"
    if host.lines(tables):
        code = _save(host, (f"{family}tables-legacy-save", f"{family}tables-save"), found, unread)
        if code in (0, _NOT_FOUND) and all(saved["variant"] != "legacy" for saved in found.values()):
            unread.append(f"no {family}tables-legacy-save for the tables in {tables}")
    return list(found.values()), unread


def _interfaces(host: Host) -> list[str]:
    # Those at which packets of other hosts arrive: not the members of a bridge or bond, but the bridge or bond.
    names = [line.partition(":")[0].strip() for line in host.lines("/proc/net/dev") if ":" in line]
    return [
        name
        for name in names
        if not _LOCAL_INTERFACE.fullmatch(name)
        and not host.exists(f"/sys/class/net/{name}/master")
        and host.lines(f"/sys/class/net/{name}/operstate") != ["down"]
    ]


def gather(host: Host, config: Config) -> Facts:
    """The firewall rules for the advertise address's family, with as few commands as that needs.

    nftables: the objects that C(nft -j list ruleset) prints, or None where there is no nft or it failed.
    iptables: of each C(-save) command the command that it belongs to (C(iptables-nft)), the variant (C(nft),
    C(legacy)) and the text. unread: why rules are not known. interfaces: those at which other hosts' packets arrive.
    ufw: whether ufw is enabled.
    """
    family = "ip6" if network.is_ipv6(config.advertise_address) else "ip"
    ruleset, problem = _read_nftables(host)
    saved, unread = _read_iptables(host, family, ruleset)
    return {
        "nftables": ruleset,
        "iptables": saved,
        "unread": ([problem] if problem else []) + unread,
        "interfaces": _interfaces(host),
        "ufw": any(re.match(r'\s*ENABLED="?yes"?\s*$', line, re.I) for line in host.lines("/etc/ufw/ufw.conf")),
    }


__all__ = ("Facts", "gather")
