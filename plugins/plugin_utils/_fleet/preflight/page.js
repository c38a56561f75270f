// Copyright (c) kubewright contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Filters, the keyboard and the details. Texts only ever become text nodes.

"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const table = byId("matrix");
  const head = table.tHead.rows[0];
  const lines = Array.from(table.tBodies[0].rows);
  const cellsOf = (line) => Array.from(line.cells);

  // Filters

  const statusBoxes = Array.from(document.querySelectorAll("input[name=status]"));
  const isFailure = (number) => data.rows[number].outcome !== "ok";
  const includes = (texts, wanted) => texts.some((text) => text.toLowerCase().includes(wanted));
  const typed = (id) => byId(id).value.trim().toLowerCase();

  function shownHosts() {
    const text = typed("host-text");
    const statuses = statusBoxes.filter((box) => box.checked).map((box) => box.value);
    return data.hosts.map(
      (host) =>
        includes([host.name, host.cluster, host.version], text) &&
        (!statuses.length || statuses.includes(host.status)) &&
        (!byId("failing-hosts").checked || host.status !== "passed"),
    );
  }

  function shownChecks(hosts) {
    const text = typed("check-text");
    const failed = (check) => data.hosts.some((host, index) => hosts[index] && host.cells[check].some(isFailure));
    return data.checks.map(
      (name, check) => includes([name], text) && (!byId("failing-checks").checked || failed(check)),
    );
  }

  function applyFilters() {
    const hosts = shownHosts();
    const checks = shownChecks(hosts);
    const counted = (shown, noun) => `${shown.filter(Boolean).length} of ${shown.length} ${noun}`;
    for (const line of [head, ...lines]) {
      if (line.dataset.host !== undefined) line.hidden = !hosts[line.dataset.host];
      for (const cell of line.cells) {
        if (cell.dataset.check !== undefined) cell.hidden = !checks[cell.dataset.check];
      }
    }
    byId("shown").textContent = `${counted(hosts, "hosts")}, ${counted(checks, "checks")}`;
    byId("nothing").hidden = hosts.some(Boolean) && (checks.some(Boolean) || !checks.length);
    if (current.hidden || current.parentNode.hidden) makeCurrent(head.cells[0]);
    keepClear();
  }

  // Moving: one cell of the grid is in the order of the Tab key, the arrow keys move from it.

  let current = head.cells[0];

  function makeCurrent(cell) {
    current.tabIndex = -1;
    current = cell;
    current.tabIndex = 0;
  }

  function moveTo(cell) {
    makeCurrent(cell);
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // What is scrolled to must not come to lie under the head or the first column, which stay where they are.
  function keepClear() {
    byId("scroll").style.scrollPadding = `${head.offsetHeight}px 0 0 ${head.cells[0].offsetWidth}px`;
  }

  function target(key, whole) {
    const rows = [head, ...lines].filter((line) => !line.hidden);
    const cells = (line) => cellsOf(line).filter((cell) => !cell.hidden);
    const row = rows.indexOf(current.parentNode);
    const column = cells(current.parentNode).indexOf(current);
    const moves = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [Math.max(row - 10, 0), column],
      PageDown: [Math.min(row + 10, rows.length - 1), column],
      Home: [whole ? 0 : row, 0],
      End: [whole ? rows.length - 1 : row, cells(head).length - 1],
    };
    const [toRow, toColumn] = moves[key] || [-1, -1];
    return rows[toRow] && cells(rows[toRow])[toColumn];
  }

  function onKey(event) {
    if (event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      if (open(event.target.closest("th, td"))) event.preventDefault();
      return;
    }
    if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const cell = target(event.key, event.ctrlKey);
    if (cell) moveTo(cell);
  }

  // Details

  const OUTCOMES = { ok: "passed", hint: "hint", warning: "warning", error: "error", waived: "waived error" };

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  const chip = (kind, text) => element("span", `chip ${kind}`, text);

  function fields(pairs) {
    const shown = pairs.filter(([, text]) => text);
    return element("dl", "", ...shown.map(([name, text]) => element("div", "", element("dt", "", name), element("dd", "", text))));
  }

  function heading(kind, text, title) {
    return element("h3", "", chip(kind, text), ...(title ? [" ", title] : []));
  }

  // title: what the head of the details does not say already.
  function finding(number, title, hosts) {
    const row = data.rows[number];
    const pairs = [
      ["Hosts", hosts],
      ["Severity", row.severity],
      ["Found", row.found],
      ["Wanted", row.wanted],
      ["Cure", row.cure],
    ];
    return element("article", `finding ${row.outcome}`, heading(row.outcome, OUTCOMES[row.outcome], title), fields(pairs));
  }

  function hostState(host) {
    const made = element("article", `finding ${host.status}`, heading(host.status, host.status, ""));
    if (host.message) made.append(element("pre", "", host.message));
    made.append(fields([["Cluster", host.cluster], ["Kubernetes", host.version]]));
    return made;
  }

  function cellDetails(host, check) {
    const numbers = host.cells[check];
    if (numbers.length) return numbers.map((number) => finding(number, "", ""));
    if (host.message) return [hostState(host)];
    return [element("p", "", "This check did not run on this host.")];
  }

  function hostDetails(host) {
    const numbers = host.cells.flat();
    const failed = numbers.filter(isFailure);
    const passed = numbers.length - failed.length;
    const rest = numbers.length ? [element("p", "", `${passed} of ${numbers.length} checks passed.`)] : [];
    return [hostState(host), ...failed.map((number) => finding(number, data.checks[data.rows[number].check], "")), ...rest];
  }

  function checkDetails(check) {
    const hosts = new Map();
    for (const host of data.hosts) {
      for (const number of new Set(host.cells[check])) hosts.set(number, [...(hosts.get(number) || []), host.name]);
    }
    const numbers = [...hosts.keys()].sort((one, other) => isFailure(other) - isFailure(one));
    return numbers.map((number) => finding(number, "", hosts.get(number).join(", ")));
  }

  // Whether there was something to open.
  function open(cell) {
    const hostNumber = cell.parentNode.dataset.host;
    const host = hostNumber === undefined ? null : data.hosts[hostNumber];
    const check = cell.dataset.check;
    if (!host && check === undefined) return false;
    moveTo(cell);
    const body = check === undefined ? hostDetails(host) : host ? cellDetails(host, check) : checkDetails(check);
    byId("details-kicker").textContent = check === undefined ? "Host" : host ? `Check on ${host.name}` : "Check on all hosts";
    byId("details-title").textContent = check === undefined ? host.name : data.checks[check];
    byId("details-body").replaceChildren(...body);
    byId("details").showModal();
    byId("details").scrollTop = 0;
    return true;
  }

  function onClick(event) {
    const cell = event.target.closest("th, td");
    // Who marks a text to copy it does not ask for details.
    if (cell && window.getSelection().isCollapsed) open(cell);
  }

  // Start: what does nothing without this script appears only now.

  table.setAttribute("role", "grid");
  table.setAttribute("aria-describedby", "usage");
  byId("scroll").removeAttribute("tabindex");
  for (const line of [head, ...lines]) for (const cell of line.cells) cell.tabIndex = -1;
  table.classList.add("live");
  table.addEventListener("click", onClick);
  table.addEventListener("keydown", onKey);
  table.addEventListener("focusin", (event) => makeCurrent(event.target.closest("th, td")));
  for (const box of statusBoxes) {
    box.disabled = false;
    box.addEventListener("change", applyFilters);
  }
  const filters = byId("filters");
  filters.hidden = false;
  byId("usage").hidden = false;
  filters.addEventListener("input", applyFilters);
  filters.addEventListener("submit", (event) => event.preventDefault());
  byId("show-all").addEventListener("click", () => {
    filters.reset();
    for (const box of statusBoxes) box.checked = false;
    applyFilters();
  });
  byId("close").addEventListener("click", () => byId("details").close());
  byId("details").addEventListener("click", (event) => {
    if (event.target === byId("details")) byId("details").close();
  });
  window.addEventListener("resize", keepClear);
  makeCurrent(current);
  applyFilters();
})();
