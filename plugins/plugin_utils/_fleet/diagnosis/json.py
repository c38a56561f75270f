# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection; may change at any time.

"""The diagnosis for programs."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.diagnosis.model import (
    DiagnosisReport,
    is_failing,
)
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.model import COLLECTION

VERSION = 1


def document(report: DiagnosisReport) -> dict[str, t.Any]:
    """The report in JSON's types. What is there keeps its name and meaning as long as C(version) is 1.

    version: 1
    collection: {name, version}
    created: UTC in ISO 8601
    failing: whether the run failed, as its exit code says
    hosts: a list of {name, cluster, kubernetes_version, status, message, components, findings}, in the order of the inventory
    hosts[].status: healthy, starts, faulty, unreachable or failed
    hosts[].components: what each component says, by its name; C(healthy) or why it is not
    hosts[].findings: a list of {component, fault, acute, sure, cause, evidence, cure}, the root cause first
    """
    return {
        "version": VERSION,
        "collection": {"name": COLLECTION, "version": report.collection_version},
        "created": report.created,
        "failing": any(map(is_failing, report.hosts)),
        "hosts": [
            dict(host._asdict(), components=dict(host.components), findings=[item._asdict() for item in host.findings])
            for host in report.hosts
        ],
    }


def json_text(report: DiagnosisReport) -> str:
    """The document as ASCII text with an end of line."""
    return json.dumps(document(report), indent=2) + "\n"


__all__ = ("VERSION", "document", "json_text")
