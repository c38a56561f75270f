# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The report for programs, and its file on the controller."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.certificates.model import (
    Report,
    count_certificates,
    count_hosts,
    failing_hosts,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import COLLECTION
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._write_files import write_files

NAME = "certificates.json"
VERSION = 1


def document(report: Report) -> dict[str, t.Any]:
    """The report in JSON's types. What is there keeps its name and meaning as long as C(version) is 1.

    version: 1
    collection: {name, version}
    created: UTC in ISO 8601
    failing: whether the run failed, as its exit code says
    summary: {hosts: {total, passed, failed, unreachable, invalid}: numbers of hosts,
    certificates: {total, ok, due, expired, wrong, missing, unreadable}: numbers of files of all hosts}
    hosts: a list of {name, cluster, kubernetes_version, status, message, certificates, renewal}, in the order of the inventory
    hosts[].status: passed, failed, unreachable or invalid
    hosts[].certificates: a list of what certs_info returns
    hosts[].renewal: null where no renewal was asked for, else {renewed: {file: reason}, restarted: {component: reason},
    served: what wait_apiserver returned, error: empty where it ended well, planned: true in check mode, where nothing was done}
    """
    certificates = count_certificates(report)
    return {
        "version": VERSION,
        "collection": {"name": COLLECTION, "version": report.collection_version},
        "created": report.created,
        "failing": bool(failing_hosts(report)),
        "summary": {
            "hosts": dict(total=len(report.hosts), **count_hosts(report)),
            "certificates": dict(total=sum(certificates.values()), **certificates),
        },
        "hosts": [
            {
                "name": host.name,
                "cluster": host.cluster,
                "kubernetes_version": host.kubernetes_version,
                "status": host.status,
                "message": host.message,
                "certificates": [entry._asdict() for entry in host.certificates],
                "renewal": host.renewal._asdict() if host.renewal is not None else None,
            }
            for host in report.hosts
        ],
    }


def write_json(report: Report, directory: str) -> str:
    """Writes certificates.json into a folder, atomically, and returns its path. The folder and its parents are made.

    Raises KubewrightError, with the path and the cause, where that is not possible.
    """
    (path,) = write_files(directory, {NAME: (json.dumps(document(report), indent=2) + "\n").encode("ascii")})
    return path


__all__ = ("NAME", "VERSION", "document", "write_json")
