# Copyright (c) kubewright contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's page in a real browser: what is seen, filtered, opened, and that nothing leaves the page."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import typing as t

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight import model
from ansible_collections.kubewright.control_plane.plugins.plugin_utils._fleet.preflight.write import write_reports
from preflight_fleet import CONFIGURATION_MESSAGE, MARKUP, NAMES, fleet

FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1600,1000",
)
# WCAG 2.1, success criterion 1.4.3.
LEAST_CONTRAST = 4.5
REPORT = fleet()
COLUMN = {name: number for number, name in enumerate(NAMES)}

# The colours of the text and of what lies behind it, of every element that holds text itself.
COLOURS = """
const transparent = (colour) => /, 0\\)$/.test(colour);
const found = new Map();
for (const element of document.querySelectorAll("body *")) {
  const ownText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!ownText || !element.checkVisibility()) continue;
  const text = getComputedStyle(element).color;
  let behind = element;
  while (behind && transparent(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
  const back = behind ? getComputedStyle(behind).backgroundColor : "none";
  found.set(`${element.tagName}|${text}|${back}`, `${element.className}: ${element.textContent.trim().slice(0, 30)}`);
}
return [...found];
"""


class Page:
    """The page in the browser."""

    def __init__(self, browser: webdriver.Chrome, address: str) -> None:
        self.browser = browser
        self.address = address

    def load(self, scripts: bool = True) -> None:
        """Loads the page anew, in light colours. scripts: whether JavaScript may run."""
        self.colours("light")
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        for log in ("browser", "performance"):
            self.browser.get_log(log)
        self.browser.get(self.address)

    def colours(self, scheme: str) -> None:
        """Makes the browser prefer light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def one(self, selector: str) -> WebElement:
        """The first element of a selector."""
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def shown(self, selector: str) -> list[WebElement]:
        """The elements of a selector that are not hidden."""
        script = "return [...document.querySelectorAll(arguments[0])].filter((item) => item.checkVisibility())"
        return t.cast("list[WebElement]", self.browser.execute_script(script, selector))

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements of a selector, hidden or not, in one question to the browser."""
        script = "return [...document.querySelectorAll(arguments[0])].map((item) => item.textContent.trim())"
        return t.cast("list[str]", self.browser.execute_script(script, selector))

    def cell(self, host: int, check: str) -> WebElement:
        """The cell of a host, by its place in the report, and a check."""
        return self.one(f"tr[data-host='{host}'] td[data-check='{COLUMN[check]}']")

    def click(self, element: WebElement) -> None:
        """Clicks where the head and the first column of the table do not lie above."""
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center', inline: 'center'})", element)
        element.click()

    def press(self, *keys: str) -> None:
        """Presses keys wherever the focus is."""
        ActionChains(self.browser).send_keys(*keys).perform()

    def details(self) -> dict[str, str]:
        """The labelled texts of the open details; of several findings the last."""
        dialog = self.one("dialog[open]")
        labels = [item.text for item in dialog.find_elements(By.TAG_NAME, "dt")]
        return dict(zip(labels, (item.text for item in dialog.find_elements(By.TAG_NAME, "dd")), strict=True))

    def counts(self) -> tuple[int, int]:
        """How many hosts and how many checks are shown."""
        return len(self.shown("tbody tr")), len(self.shown("thead th.check"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[webdriver.Chrome]:
    """Debian's Chromium with a new profile."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    if os.geteuid() == 0:
        # Chromium's sandbox does not work for root.
        options.add_argument("--no-sandbox")
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver") or "/usr/bin/chromedriver")
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page."""
    folder = tmp_path_factory.mktemp("report")
    write_reports(REPORT, str(folder))
    return pathlib.Path(folder, "preflight.html").as_uri()


@pytest.fixture
def page(browser: webdriver.Chrome, written: str) -> t.Iterator[Page]:
    """The page, loaded anew. Fails where the browser complains, as of an error in the page's script."""
    loaded = Page(browser, written)
    loaded.load()
    yield loaded
    assert browser.get_log("browser") == []


def _expected_label(host: model.HostReport, check: str) -> str:
    outcomes = [model.outcome(row) for row in host.checks if row.name == check]
    for kind, label in (("error", "error"), ("waived", "waived"), ("warning", "warn")):
        if kind in outcomes:
            count = outcomes.count(kind)
            return label if count == 1 else f"{label} \u00d7{count}"
    return "ok" if outcomes else "\u2013"


def test_every_cell_says_in_words_what_it_means(page: Page) -> None:
    """Breaks when a host or a check is missing or in the wrong place, or only a colour says what a cell means."""
    assert page.texts("thead th.check .name") == list(NAMES)
    assert page.texts("tbody th.host .name") == [host.name for host in REPORT.hosts]
    assert page.texts("tbody th.host .chip") == [host.status for host in REPORT.hosts]
    for number, host in enumerate(REPORT.hosts):
        expected = [_expected_label(host, check) for check in NAMES]
        assert page.texts(f"tr[data-host='{number}'] td[data-check]") == expected


def test_the_summary_counts_the_hosts(page: Page) -> None:
    """Breaks when the head of the page contradicts the table."""
    assert page.one("h1").text == "18 of 50 hosts are not ready"
    words = ["16 passed", "16 warnings", "15 failed", "2 unreachable", "1 invalid"]
    assert [" ".join(item.text.split()) for item in page.shown(".tile")] == words
    assert page.one(".totals").text.split("\n") == [
        "16 errors",
        "5 waived errors",
        "28 warnings",
        "0 hints",
        "2,067 checks passed",
    ]


def test_nothing_leaves_the_page_and_nothing_goes_wrong(page: Page) -> None:
    """Breaks when the page asks for anything but itself, or the browser has something to complain about."""
    page.click(page.cell(2, "Swap"))
    page.press(Keys.ESCAPE)
    messages = [json.loads(entry["message"])["message"] for entry in page.browser.get_log("performance")]
    requests = [item["params"]["request"]["url"] for item in messages if item["method"] == "Network.requestWillBeSent"]
    assert requests
    assert {url for url in requests if not url.startswith("data:")} == {page.address}
    assert page.browser.get_log("browser") == []


def test_the_policy_forbids_network_and_foreign_scripts(page: Page) -> None:
    """Breaks when the Content-Security-Policy lets a script that got into the page run or talk."""
    blocked = page.browser.execute_async_script("""
        const done = arguments[0];
        const blocked = [];
        document.addEventListener("securitypolicyviolation", (event) => {
          blocked.push(event.effectiveDirective);
          if (blocked.length === 3) done(blocked.sort());
        });
        fetch("https://192.0.2.1/").catch(() => {});
        new Image().src = "https://192.0.2.1/x.png";
        const script = document.createElement("script");
        script.textContent = "document.title = 'run'";
        document.head.append(script);
    """)
    assert blocked == ["connect-src", "img-src", "script-src-elem"]
    assert page.browser.title == "Preflight: 18 of 50 hosts are not ready"
    assert len(page.browser.get_log("browser")) >= 3


def test_markup_in_names_and_messages_is_text(page: Page) -> None:
    """Breaks when a host's name or a finding becomes an element of the page."""
    assert page.browser.title != "run"
    assert page.texts("tr[data-host='49'] th.host .name") == [f"cp50{MARKUP}"]
    page.click(page.cell(49, "Hostname"))
    assert page.details() == {
        "Severity": "warning",
        "Found": MARKUP,
        "Wanted": "<b>a name</b> & more",
        "Cure": 'Say "no".',
    }
    assert page.one("#details-kicker").text == f"Check on cp50{MARKUP}"
    assert page.browser.execute_script("return document.querySelectorAll('b').length") == 0
    assert page.browser.execute_script("return document.scripts.length") == 2


@pytest.mark.parametrize(
    ("hosts", "checks", "counts"),
    [
        ("", "", (50, 45)),
        ("STAGING", "", (10, 45)),
        ("v1.31", "port-", (37, 6)),
        ("cp50<script>", "swap", (1, 1)),
        ("nowhere", "", (0, 45)),
        ("", "nothing", (50, 0)),
    ],
)
def test_texts_filter_hosts_and_checks(page: Page, hosts: str, checks: str, counts: tuple[int, int]) -> None:
    """Breaks when a text does not find a host by name, cluster or version, or a check by name, in any case."""
    page.one("#host-text").send_keys(hosts)
    page.one("#check-text").send_keys(checks)
    assert page.counts() == counts
    assert page.one("#shown").text == f"{counts[0]} of 50 hosts, {counts[1]} of 45 checks"
    assert page.one("#nothing").is_displayed() == (0 in counts)
    assert len(page.shown("tbody td[data-check]")) == counts[0] * counts[1]


def test_only_what_has_findings_and_all_again(page: Page) -> None:
    """Breaks when the switches hide a host or a check with a finding, or leave one without."""
    page.one("#failing-hosts").click()
    assert page.counts() == (34, 45)
    assert not [item for item in page.shown("tbody th.host .chip") if item.text == "passed"]
    page.one("#failing-checks").click()
    assert page.counts() == (34, 7)
    # A check counts by the hosts that are shown.
    page.one("#host-text").send_keys("cp5.")
    assert [item.text for item in page.shown("thead th.check .name")] == [
        "SystemVerification-Cgroups",
        "FileExisting-crictl",
    ]
    page.one("#show-all").click()
    assert page.counts() == (50, 45)


def test_the_summary_filters_by_status(page: Page) -> None:
    """Breaks when the tiles do not choose hosts, one status or several, by the mouse and by the keyboard."""
    page.one(".tile.unreachable").click()
    assert page.counts() == (2, 45)
    page.one(".tile.invalid input").send_keys(Keys.SPACE)
    assert page.counts() == (3, 45)
    assert {item.text for item in page.shown("tbody th.host .chip")} == {"unreachable", "invalid"}
    page.one("#show-all").click()
    assert page.counts() == (50, 45)
    assert not page.one(".tile.invalid input").is_selected()


def test_a_click_opens_the_details_of_a_cell(page: Page) -> None:
    """Breaks when the details are those of another cell, or cannot be closed."""
    page.click(page.cell(2, "Swap"))
    dialog = page.one("dialog")
    assert (dialog.aria_role, dialog.accessible_name) == ("dialog", "Swap")
    row = next(row for row in REPORT.hosts[2].checks if row.name == "Swap")
    assert page.details() == {"Severity": "error", "Found": row.found, "Wanted": row.wanted, "Cure": row.cure}
    page.one("#close").click()
    assert not dialog.is_displayed()


def test_all_rows_of_one_name_are_in_the_details(page: Page) -> None:
    """Breaks when the second finding under one name is lost."""
    page.click(page.cell(4, "SystemVerification-Cgroups"))
    assert [item.text for item in page.shown("dialog dd")][1::4] == ["memory absent", "pids absent"]


def test_the_keyboard_reaches_and_opens_every_cell(page: Page) -> None:
    """Breaks for everyone without a mouse: the way to the table, the arrow keys, Enter, Escape, and where focus is then."""
    page.one("#show-all").send_keys(Keys.TAB)
    active = page.browser.switch_to.active_element
    assert active.text == "Host"
    assert len(page.browser.find_elements(By.CSS_SELECTOR, "#matrix [tabindex='0']")) == 1
    page.press(Keys.ARROW_DOWN * 3, Keys.ARROW_RIGHT * (3 + COLUMN["Swap"]), Keys.ENTER)
    assert page.one("#details-title").text == "Swap"
    assert page.one("#details-kicker").text == "Check on cp3.prod.example.net"
    page.press(Keys.ESCAPE)
    assert not page.one("dialog").is_displayed()
    assert page.browser.switch_to.active_element == page.cell(2, "Swap")
    page.press(Keys.HOME, Keys.ENTER)
    assert page.one("#details-title").text == "cp3.prod.example.net"


def test_the_keyboard_skips_what_is_hidden(page: Page) -> None:
    """Breaks when focus goes to a cell that a filter hides."""
    page.one("#check-text").send_keys("swap")
    page.one("#host-text").send_keys("cp4.")
    page.one("#show-all").send_keys(Keys.TAB)
    page.press(Keys.ARROW_DOWN, Keys.END)
    assert page.browser.switch_to.active_element == page.cell(3, "Swap")


def test_the_focused_cell_is_not_covered(page: Page) -> None:
    """Breaks when the cell that the keyboard has moved to lies under the head or the first column."""
    page.one("#show-all").send_keys(Keys.TAB)
    page.press(Keys.ARROW_DOWN * 40, Keys.END, Keys.ARROW_UP * 30, Keys.ARROW_LEFT * 30)
    uncovered = page.browser.execute_script("""
        const cell = document.activeElement;
        const { left, top, width, height } = cell.getBoundingClientRect();
        return [[left + 3, top + 3], [left + width - 3, top + height - 3]]
          .every(([x, y]) => document.elementFromPoint(x, y) === cell);
    """)
    assert uncovered


def test_a_host_and_a_check_have_details_of_their_own(page: Page) -> None:
    """Breaks when the message of a host without a verdict, or the hosts of a finding, cannot be read."""
    page.click(page.one("tr[data-host='13'] th.host"))
    assert page.one("dialog pre").text == CONFIGURATION_MESSAGE
    page.press(Keys.ESCAPE)
    page.click(page.one(f"thead th[data-check='{COLUMN['Port-6443']}']"))
    assert page.one("#details-kicker").text == "Check on all hosts"
    findings = [item.text.split("\n") for item in page.shown("dialog article")]
    assert [item[0] for item in findings] == ["error", "error", "error", "passed"]
    assert "cp6.prod.example.net" in findings[0]
    assert "held by nginx (pid 806)" in findings[0]


def _luminance(colour: str) -> float:
    """The relative luminance as WCAG 2.1 defines it. colour: rgb(), opaque."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(text: str, back: str) -> float:
    darker, lighter = sorted((_luminance(text), _luminance(back)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(page: Page, scheme: str) -> None:
    """Breaks when a text, of a cell or elsewhere, has less contrast than WCAG AA asks for."""
    page.colours(scheme)
    page.click(page.one("tr[data-host='3'] th.host"))
    found = [(*key.split("|"), where) for key, where in page.browser.execute_script(COLOURS)]
    cells = {item[-1].split(":")[0].split(" ")[0] for item in found if item[0] == "TD"}
    assert cells == {"ok", "warning", "error", "waived", "none", "fact"}
    weak = [(item, _contrast(*item[1:3])) for item in found if _contrast(*item[1:3]) < LEAST_CONTRAST]
    assert weak == []
    page_colour = page.browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (_luminance(page_colour) > 0.5) == (scheme == "light")


def test_the_head_and_the_first_column_stay(page: Page) -> None:
    """Breaks when one cannot see any more which host and which check a cell is of."""
    page.browser.execute_script("document.getElementById('scroll').scrollTo(600, 500)")
    for selector, axis in (("thead th.check", "y"), ("tbody tr:last-child th.host", "x"), ("thead th.host", "y")):
        element = page.one(selector)
        offset = page.browser.execute_script(
            "return arguments[0].getBoundingClientRect()[arguments[1]]"
            " - document.getElementById('scroll').getBoundingClientRect()[arguments[1]]",
            element,
            axis,
        )
        assert 0 <= offset <= 2


def test_without_javascript_everything_can_be_read(page: Page) -> None:
    """Breaks where JavaScript is off, as in the artefact viewers of some continuous integration systems."""
    page.load(scripts=False)
    try:
        assert len(page.shown("tbody tr")) == 50
        assert len(page.shown("tbody tr[data-host='0'] td[data-check]")) == 45
        assert page.cell(2, "Swap").text == "error"
        assert "Found: swap on /dev/sda3" in str(page.cell(2, "Swap").get_dom_attribute("title"))
        # What would do nothing is not offered.
        assert not page.one("#filters").is_displayed()
        assert not page.one(".tile input").is_enabled()
        text = page.one("body").text
        assert CONFIGURATION_MESSAGE in text
        assert "Stop nginx (pid 806), or choose another port." in text
    finally:
        page.load()


def test_paper_has_every_check_with_findings(page: Page) -> None:
    """Breaks when the printed page loses hosts, or what it leaves out is not what passed everywhere."""
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert page.counts() == (50, 7)
        assert not page.one("#filters").is_displayed()
        assert page.one(".print-note").is_displayed()
    finally:
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
