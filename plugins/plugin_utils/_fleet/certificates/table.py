# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The report for a terminal."""

from __future__ import annotations

import textwrap
import typing as t

from ansible_collections.kubewright.control_plane.plugins.module_utils._base.paths import KUBERNETES_DIR
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates.model import (
    HostReport,
    Report,
    count_certificates,
    count_hosts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.layout import (
    GAP,
    side_by_side,
    wrap,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import COLLECTION
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._pki.entry import CA, OK, Entry
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._some import some

_LEAST_WIDTH = 80
_HEADINGS = ("HOST", "FILE", "SUBJECT, NAMES, SERVER", "ISSUER", "DAYS LEFT", "STATUS")
_DAYS = _HEADINGS.index("DAYS LEFT")
_MOST_NAMES = 2
_INDENT = "    "


def _counted(count: int, noun: str) -> str:
    return "1 %s" % noun if count == 1 else "%d %ss" % (count, noun)


def _short(path: str) -> str:
    """The path below /etc/kubernetes, where nearly all are."""
    start = KUBERNETES_DIR + "/"
    return path[len(start) :] if path.startswith(start) else path


def _name(issuer: str) -> str:
    """The common name where there is nothing else, as with kubeadm's CAs."""
    return issuer.removeprefix("CN=") if ", " not in issuer else issuer


def _cells(host: HostReport, entry: Entry) -> list[str]:
    names = [entry.subject or "", some(entry.sans, _MOST_NAMES) if entry.kind != CA else "", entry.server or ""]
    if entry.kind == CA and entry.subject and not entry.has_key:
        names.append("its key is elsewhere")
    days = "-" if entry.days_left is None else f"{entry.days_left:.1f}"
    return [
        host.name,
        _short(entry.path),
        "; ".join(name for name in names if name) or "-",
        _name(entry.issuer or "-"),
        days,
        entry.status if entry.status == OK else entry.status.upper(),
    ]


def _widths(rows: t.Sequence[t.Sequence[str]], width: int) -> list[int]:
    """The widths of the columns. Days and status get what they want; of the others each at least what is promised to it."""
    wanted = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    rest = width - sum(wanted[_DAYS:]) - len(GAP) * (len(wanted) - 1)
    host = min(wanted[0], rest // 6)
    file = min(wanted[1], rest * 2 // 5)
    issuer = min(wanted[3], rest // 5)
    return [host, file, min(wanted[2], rest - host - file - issuer), issuer, *wanted[_DAYS:]]


def _row(cells: t.Sequence[str], widths: t.Sequence[int]) -> list[str]:
    shown = [cell.rjust(widths[number]) if number == _DAYS else cell for number, cell in enumerate(cells)]
    return side_by_side([wrap(cell, width, hyphens=True) for cell, width in zip(shown, widths, strict=True)], widths)


def _indented(text: str, width: int) -> list[str]:
    return [_INDENT + line for line in wrap(text, width - len(_INDENT))]


def _rows(hosts: t.Sequence[HostReport], width: int) -> list[str]:
    """The rows of each host, an empty line between the hosts, and below each row the reason why it is not well."""
    cells = {host.name: [(entry, _cells(host, entry)) for entry in host.certificates] for host in hosts}
    widths = _widths([_HEADINGS, *(row for rows in cells.values() for _entry, row in rows)], width)
    lines = _row(_HEADINGS, widths)
    for number, rows in enumerate(cells.values()):
        lines += [""] if number else []
        for entry, row in rows:
            lines += _row(row, widths)
            # A file that is missing as a whole says so by its status.
            if entry.reason and entry.reason != entry.status:
                lines += _indented(entry.reason, width)
    return lines


def _missing(host: HostReport, width: int) -> list[str]:
    return [*wrap(f"{host.name}: {host.status}", width), *_indented(host.message.strip("\n"), width)]


def _renewal(host: HostReport, width: int) -> list[str]:
    """What was renewed on a host and what was restarted for it."""
    renewal = host.renewal
    if renewal is None:
        return []
    files, components = (", ".join(sorted(map(_short, names))) for names in (renewal.renewed, renewal.restarted))
    would = "would have " if renewal.planned else ""
    parts = [f"{would}renewed {files}" if files else "nothing was due"]
    parts += [f"{would}restarted {components}"] if components else []
    parts += (
        [f"{name} serves until {item['not_after']}" for name, item in sorted(renewal.served.items())] if files else []
    )
    lines = wrap(f"{host.name}: {'; '.join(parts)}", width)
    if renewal.error:
        # What was done until then is done.
        head = "NOT BACK" if files else "NOT RENEWED"
        lines = wrap("; ".join([f"{host.name}: {head}", *(parts if files else [])]), width)
    return lines + (_indented(renewal.error.strip("\n"), width) if renewal.error else [])


def _summary(report: Report, width: int) -> str:
    hosts = [f"{count} {status}" for status, count in count_hosts(report).items() if count]
    counts = count_certificates(report)
    files = [f"{count} {status}" for status, count in counts.items() if count]
    text = "{}: {}. ".format(_counted(len(report.hosts), "host"), ", ".join(hosts))
    if files:
        text += "{}: {}.".format(_counted(sum(counts.values()), "file"), ", ".join(files))
    return textwrap.fill(text, width, break_on_hyphens=False)


def table(report: Report, width: int = 120) -> str:
    """Lines of at most so many columns (at least 80), each ended: every file of every host, the hosts of which nothing is
    known, and the summary.
    """
    width = max(width, _LEAST_WIDTH)
    head = (
        f"Certificates of {_counted(len(report.hosts), 'host')}, {COLLECTION} {report.collection_version}, "
        f"{report.created}. Files without a leading slash are below {KUBERNETES_DIR}."
    )
    lines = [*wrap(head, width), ""]
    if not report.hosts:
        return "\n".join([*lines, "No host was asked.", ""])
    known = [host for host in report.hosts if host.certificates]
    blocks = [_rows(known, width)] if known else []
    blocks += [_missing(host, width) for host in report.hosts if host.message]
    blocks += [renewals for renewals in [[line for host in report.hosts for line in _renewal(host, width)]] if renewals]
    for block in blocks:
        lines += [*block, ""]
    return "\n".join([*lines, _summary(report, width), ""])


__all__ = ("table",)
