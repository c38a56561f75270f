# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hosts at once: nobody is lost, and the table and the files say the same."""

from __future__ import annotations

import html.parser

from preflight_runs import HEALTHY, Outcomes

GONE, SILENT, SPECIAL = "fleet-49", "fleet-50", "fleet-7"
HOSTS = [f"fleet-{number}" for number in range(1, 51)]
MANIFEST = "FileAvailable--etc-kubernetes-manifests-etcd.yaml"
# Fifty hosts that share a disk, and measure it at once, make it a slow one now and then.
SHARED_DISK = {"EtcdDiskLatency"}

# What the machine's cgroups are for the version.
VERIFICATION = {name: severity for name, severity in HEALTHY.items() if name == "SystemVerification"}


class _Rows(html.parser.HTMLParser):
    """The words of each row of a page's tables."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._inside = True
            self.rows.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1] += data + " "


def test_every_host_is_a_row(fleet: Outcomes) -> None:
    """Breaks when a host out of reach stops the others, is left out, or passes."""
    assert list(fleet.status) == HOSTS
    assert {host for host, status in fleet.status.items() if status == "unreachable"} == {GONE, SILENT}
    assert {status for host, status in fleet.status.items() if host not in (GONE, SILENT)} == {"failed"}
    assert fleet.code != 0


def test_what_fails_where(fleet: Outcomes) -> None:
    """Breaks when a host is given another one's outcome. These have no systemd, and nothing runs there but sshd."""
    common = {"CRI": "error", "Service-Kubelet": "warning", **VERIFICATION}
    for host in HOSTS[:48]:
        found = {name: severity for name, severity in fleet.failed[host].items() if name not in SHARED_DISK}
        assert found == ({**common, MANIFEST: "error"} if host == SPECIAL else common), host
        assert len(fleet.checks[host]) > 45


def test_the_table(fleet: Outcomes) -> None:
    """Breaks when what all hosts have in common is said fifty times, or what one has is lost."""
    table = fleet.output[fleet.output.index("Preflight of 50 hosts") : fleet.output.index("PLAY RECAP")]
    assert all(f"\n{host} " in table for host in HOSTS)
    assert table.count("Start the container runtime") == 1
    assert table.count("mv /etc/kubernetes/manifests/etcd.yaml") == 1
    assert "48 failed, 2 unreachable" in table


def test_the_files(fleet: Outcomes) -> None:
    """Breaks when the page or the JUnit report tell another story than the table."""
    parser = _Rows()
    parser.feed(fleet.page)
    rows = {host: [row for row in parser.rows if host in row.split()] for host in HOSTS}
    assert all(rows.values()), [host for host, found in rows.items() if not found]
    suites = {str(suite.get("name")): suite for suite in fleet.suites.iter("testsuite")}
    assert list(suites) == HOSTS
    assert suites[GONE].findall(".//error")
    assert len(suites[SPECIAL].findall(".//failure")) == 2 + ("error" in VERIFICATION.values())
