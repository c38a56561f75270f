# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of playbooks/certs.yml, and what openssl reads of the same certificates."""

from __future__ import annotations

import datetime
import ipaddress
import json
import re
import typing as t

from finished_node import Node
from report_runs import run_report


class CertsRun(t.NamedTuple):
    """A run of the playbook. report: certificates.json."""

    code: int
    output: str
    report: dict[str, t.Any]

    def entries(self, host: str) -> dict[str, dict[str, t.Any]]:
        """The files of a host by their paths."""
        found = next(item for item in self.report["hosts"] if item["name"] == host)
        return {entry["path"]: entry for entry in found["certificates"]}


def report_certificates(variables: dict[str, t.Any] | None = None, *options: str) -> CertsRun:
    """Runs the playbook with extra variables and reads its report."""
    run = run_report("certs.yml", variables, *options)
    return CertsRun(run.code, run.output, json.loads(run.files["certificates.json"]))


class OpensslReading(t.NamedTuple):
    """What openssl reads of a certificate. not_after: UTC in ISO 8601."""

    subject: str
    issuer: str
    sans: list[str]
    not_after: str
    days_left: float


def _plain(kind: str, name: str) -> str:
    """A name as everybody else writes it: openssl does not shorten IPv6 addresses."""
    return name if kind == "DNS" else str(ipaddress.ip_address(name))


def openssl_reading(node: Node, path: str) -> OpensslReading:
    """What openssl says of the first certificate of a file on the node."""
    form = "-nameopt sep_comma_plus_space,sname,utf8"
    values = dict(
        line.split("=", 1)
        for line in node.run(f"openssl x509 -in {path} -noout -subject -issuer -enddate {form}").splitlines()
    )
    names = node.run(f"openssl x509 -in {path} -noout -ext subjectAltName 2>/dev/null")
    end = datetime.datetime.strptime(values["notAfter"], "%b %d %H:%M:%S %Y GMT").replace(tzinfo=datetime.timezone.utc)
    now = datetime.datetime.fromtimestamp(float(node.run("date +%s")), datetime.timezone.utc)
    return OpensslReading(
        values["subject"],
        values["issuer"],
        [_plain(kind, name) for kind, name in re.findall(r"(DNS|IP Address):([^,\s]+)", names)],
        end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        (end - now).total_seconds() / 86400.0,
    )
