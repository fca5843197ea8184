"use strict";
// Draws a report (docs/report.md). Whatever comes from a database is set as text, never parsed as markup.

const report = JSON.parse(document.getElementById("report").textContent);

// ---------------------------------------------------------------- elements

function element(make, name, attributes, children) {
  const node = make(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "style") Object.assign(node.style, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}
const html = (name, attributes, ...children) =>
  element((tag) => document.createElement(tag), name, attributes, children);
const svg = (name, attributes, ...children) =>
  element((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag), name, attributes, children);

/// What could hide, reorder or break text is shown by its number.
function safe(text) {
  return String(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => "\\u" + character.codePointAt(0).toString(16).padStart(4, "0"));
}
const name = (text) => html("span", { class: "name" }, safe(text));

function icon(kind) {
  const paths = {
    good: "M4 10.5l4 4 8-9",
    careful: "M10 4v7.5M10 15.2v.3",
    bad: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  };
  return svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" },
    svg("path", { d: paths[kind], fill: "none", stroke: "currentColor", "stroke-width": 2.4, "stroke-linecap": "round",
      "stroke-linejoin": "round" }));
}

// ---------------------------------------------------------------- quantities

const count = (value) => Math.round(value || 0).toLocaleString("en-US");
const counted = (value, one, many) => `${count(value)} ${Number(value) === 1 ? one : many}`;

function digits(value) {
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  let left = Math.max(0, value || 0);
  if (left < 1000) return `${left.toFixed(0)} B`;
  while (left >= 999.5 && unit + 1 < units.length) {
    left /= 1000;
    ++unit;
  }
  return `${digits(left)} ${units[unit]}`;
}

function seconds(value) {
  if (value < 0.0005) return "0 s";
  if (value < 0.0995) return `${(value * 1000).toFixed(0)} ms`;
  if (value < 9.995) return `${value.toFixed(2)} s`;
  if (value < 119.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/// For axes: "0:42", "1:03:20", and "0.25" where a second is wide.
function clock(value, step) {
  if (step < 1) return `${value.toFixed(step < 0.1 ? 2 : 1)} s`;
  const whole = Math.round(value);
  const two = (part) => String(part).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function percent(part, whole) {
  if (!whole) return "0 %";
  const share = (100 * part) / whole;
  return share > 0 && share < 1 ? "< 1 %" : `${Math.round(share)} %`;
}

const sum = (list, of) => list.reduce((all, one) => all + (of(one) || 0), 0);
const largest = (list, of) => list.reduce((most, one) => Math.max(most, of(one) || 0), 0);
const list = (value) => (Array.isArray(value) ? value : []);

// ---------------------------------------------------------------- what it came to

const tables = list(report.tables);
const indexes = list(report.indexes);
const leftOut = list(report.left_out);
const findings = list(report.findings);
const mismatches = list(report.verification && report.verification.mismatches);
const isPlan = report.verb === "plan";
const isCopy = report.verb === "copy";
const total = Number(report.seconds) || 0;

const outcomes = {
  verified: isCopy
    ? ["good", "Verified", "copied, and every row verified"]
    : ["good", "Verified", "both databases hold the same rows"],
  counted: ["careful", "Row counts agree", isCopy ? "copied; the numbers of rows agree" : "the numbers of rows agree"],
  copied: ["careful", "Not verified", "copied; nothing was compared"],
  planned: ["good", "Planned", "what a copy would do"],
  refused: ["bad", "Refused", "nothing was touched"],
  failed: ["bad", "Failed", "it failed before the target was touched"],
  incomplete: ["bad", "Incomplete", "it stopped half-way, and the target is not a copy"],
  mismatch: ["bad", "Different", "source and target differ"],
  interrupted: ["bad", "Interrupted", "it was interrupted; don't use the target as a copy"],
};
const [tone, badge, headline] = outcomes[report.status] || ["careful", safe(report.status || "unknown"), "a run of pghaul"];

function whatNext() {
  const steps = [];
  const refusals = findings.filter((finding) => finding.severity === "refusal");
  for (const finding of refusals) if (finding.hint) steps.push(safe(finding.hint));
  if (report.error && report.error.hint && !refusals.length) steps.push(safe(report.error.hint));
  const warnings = findings.filter((finding) => finding.severity === "warning").length;
  const goOn = () => {
    if (leftOut.length) steps.push(`Look at what was left out: ${counted(leftOut.length, "object", "objects")}, listed below.`);
    if (warnings) steps.push(`Read the ${counted(warnings, "warning", "warnings")} below.`);
    steps.push("Point the application at the target, and let writes in again.");
    steps.push("Keep the source as it is, without writes, until you are sure: it is the way back.");
  };
  switch (report.status) {
    case "verified":
      if (isCopy) goOn();
      else steps.push("Nothing is to be done: no difference was found.");
      break;
    case "counted":
    case "copied":
      steps.push("Contents were not compared. Before writes are let in, pghaul verify SOURCE TARGET compares every row.");
      if (isCopy) goOn();
      break;
    case "planned":
      steps.push("pghaul copy SOURCE TARGET does it. Stop writes to the source before, let them in again after.");
      break;
    case "mismatch":
      steps.push("Don't let the application use the target before you know where the differences come from.");
      steps.push("Was either database written to meanwhile? pghaul verify SOURCE TARGET compares again, and changes nothing.");
      break;
    case "incomplete":
    case "interrupted":
      steps.push("Don't use the target: it is not a copy. The source was only read, and is as it was.");
      steps.push("When the cause is gone, copy again.");
      break;
    case "refused":
    case "failed":
      steps.push("The target is as it was. When the cause is gone, run the same command again.");
      break;
  }
  return steps;
}

// ---------------------------------------------------------------- the head

function endName(end) {
  if (!end) return null;
  return [html("b", { class: "name" }, safe(end.description || end.database || "?")),
    end.server_version ? ` PostgreSQL ${safe(end.server_version)}` : ""];
}

function started() {
  const when = new Date(report.started);
  if (Number.isNaN(when.getTime())) return safe(report.started || "");
  return when.toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
    timeZone: "UTC" }) + " UTC";
}

function head() {
  const database = report.source && report.source.database;
  const mark = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: "M3 7h8M3 12h5M3 17h8M13 12h8m0 0-4-4m4 4-4 4", fill: "none", stroke: "currentColor",
      "stroke-width": 2.2, "stroke-linecap": "round", "stroke-linejoin": "round" }));
  const way = html("p", { class: "way" }, html("span", {}, endName(report.source) || "source not reached"));
  if (report.target || !isPlan) {
    way.append(html("span", { "aria-label": isCopy ? "to" : "against" }, "→"),
      html("span", {}, endName(report.target) || "target not reached"));
  }
  return [
    html("div", { class: "brand" }, mark, html("span", {}, "pghaul ", safe(report.verb || "")),
      html("time", { class: "when", datetime: safe(report.started || "") }, started())),
    html("div", { class: `badge ${tone}` }, icon(tone), badge),
    html("h1", {}, database ? [name(database), ": ", headline] : headline),
    way,
  ];
}

// ---------------------------------------------------------------- sections

function card(title, ...children) {
  const id = "s-" + title.toLowerCase().replace(/[^a-z]+/g, "-");
  return html("section", { class: "card", "aria-labelledby": id }, html("h2", { id }, title), ...children);
}

function trouble() {
  if (!report.error) return null;
  const { message, sqlstate, name: code } = report.error;
  const box = card("What went wrong",
    html("p", { class: "message" }, message.split("\n").map((line) => [safe(line), html("br")])),
    html("p", { class: "lead" }, "Error ", html("code", {}, safe(code)),
      sqlstate ? [", SQLSTATE ", html("code", {}, safe(sqlstate))] : null));
  box.classList.add("trouble");
  return box;
}

const kHostedSecondsPerGb = 180;
const kTellingBytes = 100e6;  // below, what does not depend on the size decides

function downtime() {
  const measured = report.downtime ? report.downtime.seconds : report.seconds;
  const predicted = report.downtime ? report.downtime.predicted_seconds : report.predicted_seconds;
  const onDisk = report.source ? report.source.bytes : 0;
  const complete = ["verified", "counted", "copied"].includes(report.status);
  if (isPlan) return forecastAlone(predicted, onDisk);
  if (measured === undefined || ["refused", "failed"].includes(report.status)) return null;
  const rule = isCopy && complete && onDisk >= kTellingBytes ? (onDisk / 1e9) * kHostedSecondsPerGb : 0;
  const widest = Math.max(measured, predicted || 0, rule);
  const bars = html("dl", { class: "bars" });
  const add = (label, value, kind) => {
    const bar = html("i", { style: { width: `${Math.max(0.5, (100 * value) / widest)}%` } });
    bars.append(html("dt", {}, label),
      html("dd", {}, html("span", { class: `bar ${kind}` , "aria-hidden": "true" }, bar), html("span", {}, seconds(value))));
  };
  add(complete ? "measured" : "until it ended", measured, "measured");
  if (predicted) add("forecast", predicted, "forecast");
  if (rule) add("at 3 minutes per GB", rule, "rule");
  const title = isCopy ? (complete ? "Downtime" : "Time until it ended") : "Time taken";
  const perGb = report.downtime && report.downtime.seconds_per_gb;
  return card(title,
    html("p", { class: "big" }, seconds(measured),
      predicted && complete ? html("small", {}, beside(measured, predicted)) : null),
    bars,
    rule ? html("p", { class: "lead" }, "3 minutes per GB is what hosted pg:copy documents.") : null,
    tiles(onDisk, complete && onDisk >= kTellingBytes ? perGb : undefined));
}

function beside(measured, predicted) {
  const off = Math.round((100 * (measured - predicted)) / predicted);
  if (off === 0) return "as the forecast said";
  return off > 0 ? `${off} % longer than forecast` : `${-off} % shorter than forecast`;
}

function forecastAlone(predicted, onDisk) {
  if (predicted === undefined) return null;
  return card("Forecast", html("p", { class: "big" }, seconds(predicted),
    report.jobs ? html("small", {}, `with ${counted(report.jobs, "worker", "workers")}`) : null), tiles(onDisk));
}

function tiles(onDisk, perGb) {
  const out = html("dl", { class: "tiles" });
  const add = (label, value) => out.append(html("div", {}, html("dt", {}, label), html("dd", {}, value)));
  const rows = sum(tables, (table) => table.rows);
  if (perGb) add("per GB", seconds(perGb));
  if (onDisk) add("source on disk", bytes(onDisk));
  add("tables", count(tables.length));
  add(isPlan ? "rows, estimated" : "rows", count(rows));
  if (!isPlan) add("bytes of rows", bytes(sum(tables, (table) => table.bytes)));
  if (isPlan) {
    for (const [member, label] of [["indexes", "indexes"], ["keys", "keys"], ["foreign_keys", "foreign keys"],
      ["sequences", "sequences"]]) if (report[member]) add(label, count(report[member]));
  } else if (indexes.length) {
    add("indexes", count(indexes.length));
  }
  if (report.large_objects && report.large_objects.count) add("large objects", count(report.large_objects.count));
  return out;
}

function nextSteps() {
  const steps = whatNext();
  if (!steps.length) return null;
  return card("What to do next", comparedInShort(), html("ol", { class: "steps" },
    steps.map((step) => html("li", {}, step.charAt(0).toUpperCase() + step.slice(1)))));
}

function comparedInShort() {
  const done = report.verification;
  if (!done || mismatches.length) return null;
  return html("p", { class: "lead" }, `${counted(done.tables, "table", "tables")} and ${counted(done.rows, "row", "rows")} were ` +
    (done.mode === "checksums" ? "compared: no difference." : "counted on both sides: the numbers agree."));
}

function suggestions() {
  const all = list(report.suggestions);
  if (!all.length) return null;
  return card("What would make it shorter", html("ul", { class: "list" }, all.map((one) => html("li", {},
    one.gain_seconds ? html("span", { class: "gain" }, `at most ${seconds(one.gain_seconds)}`) : null, safe(one.message)))));
}

function leftOutSection() {
  if (!leftOut.length) {
    const done = ["verified", "counted", "copied"].includes(report.status);
    return done && isCopy ? card("What was left out", html("p", { class: "lead" }, "Nothing.")) : null;
  }
  return card("What was left out", sortableTable({
    caption: counted(leftOut.length, "object", "objects"),
    rows: leftOut,
    columns: [
      { title: "Object", value: (one) => one.object, show: (one) => name(one.object) },
      { title: "Why", value: (one) => one.reason, show: (one) => safe(one.reason) },
    ],
  }));
}

function findingsSection() {
  if (!findings.length) return null;
  return card("Findings before the start", html("ul", { class: "list" }, findings.map((one) => html("li", {},
    html("b", { class: one.severity === "refusal" ? "bad" : "careful" }, one.severity === "refusal" ? "Refusal" : "Warning"),
    " ", safe(one.message), one.hint ? html("span", { class: "why" }, safe(one.hint)) : null))));
}

function verificationSection() {
  const done = report.verification;
  if (!done) return null;
  const how = done.mode === "checksums"
    ? "The rows of every table were read back from the target; their number and the sum of their 128-bit hashes are " +
      "compared with what the source sent."
    : "The rows of every table were counted on both sides; their contents were not compared.";
  const box = card("Verification",
    html("p", { class: "lead" }, `${counted(done.tables, "table", "tables")}, ${counted(done.rows, "row", "rows")}. `, how));
  if (!mismatches.length) {
    box.append(html("p", { class: done.mode === "checksums" ? "good" : "" },
      done.mode === "checksums" ? "No difference was found." : "The numbers agree."));
  } else {
    box.append(sortableTable({
      caption: counted(mismatches.length, "difference", "differences"),
      rows: mismatches,
      columns: [
        { title: "Object", value: (one) => one.object, show: (one) => name(one.object) },
        { title: "Difference", value: (one) => one.message, show: (one) => safe(one.message) },
      ],
    }));
  }
  return box;
}

// ---------------------------------------------------------------- tables of any length

const kPageRows = 25;

/// columns: title, value(row) to sort by, show(row) to display, number (aligned right), search (part of the filter).
function sortableTable({ rows, columns, caption, sort, filter }) {
  const body = html("tbody");
  const headers = columns.map((column, at) => {
    const header = html("th", { scope: "col", class: column.number ? "number" : null });
    header.append(rows.length > 1
      ? html("button", { type: "button", onclick: () => sortBy(at) }, column.title)
      : document.createTextNode(column.title));
    return header;
  });
  const where = html("span", { class: "where", role: "status", "aria-live": "polite" });
  const button = (text, label, go) => html("button", { type: "button", "aria-label": label, onclick: go }, text);
  const buttons = [button("«", "First page", () => show(0)), button("‹", "Previous page", () => show(page - 1)),
    button("›", "Next page", () => show(page + 1)), button("»", "Last page", () => show(Infinity))];
  let order = { column: -1, down: false };
  let wanted = "";
  let shown = rows;
  let page = 0;

  function sortBy(at, down) {
    const column = columns[at];
    order = { column: at, down: down !== undefined ? down : order.column === at ? !order.down : Boolean(column.number) };
    headers.forEach((header, i) => {
      if (i === at) header.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else header.removeAttribute("aria-sort");
    });
    choose();
  }

  function choose() {
    shown = wanted
      ? rows.filter((row) => columns.some((column) => column.search && String(column.value(row)).toLowerCase().includes(wanted)))
      : rows.slice();
    if (order.column >= 0) {
      const value = columns[order.column].value;
      const sign = order.down ? -1 : 1;
      shown.sort((a, b) => {
        const [one, other] = [value(a), value(b)];
        return sign * (typeof one === "number" ? one - other : String(one).localeCompare(String(other), "en"));
      });
    }
    show(0);
  }

  function show(wantedPage) {
    const pages = Math.max(1, Math.ceil(shown.length / kPageRows));
    page = Math.min(Math.max(0, wantedPage), pages - 1);
    const first = page * kPageRows;
    const rowsNow = shown.slice(first, first + kPageRows);
    body.replaceChildren(...rowsNow.map((row) => html("tr", {}, columns.map((column) =>
      html("td", { class: column.number ? "number" : null }, column.show(row))))));
    where.textContent = shown.length
      ? `${count(first + 1)}–${count(first + rowsNow.length)} of ${count(shown.length)}`
      : "nothing matches";
    buttons[0].disabled = buttons[1].disabled = page === 0;
    buttons[2].disabled = buttons[3].disabled = page === pages - 1;
  }

  const pager = html("div", { class: "pager" }, where);
  if (filter && rows.length > kPageRows) {
    pager.append(html("label", {}, `${filter} `, html("input", { type: "search", size: 14, oninput: (event) => {
      wanted = event.target.value.trim().toLowerCase();
      choose();
    } })));
  }
  pager.append(...buttons);
  if (sort) sortBy(sort.column, sort.down);
  else choose();
  return html("div", {},
    html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
      html("table", {}, html("caption", {}, caption), html("thead", {}, html("tr", {}, headers)), body)),
    rows.length > kPageRows ? pager : null);
}

function share(value, most) {
  return html("span", { class: "share", "aria-hidden": "true" },
    html("i", { style: { width: most > 0 ? `${(100 * value) / most}%` : "0" } }));
}

function tablesSection() {
  if (!tables.length) return null;
  const most = largest(tables, (table) => table.seconds);
  const columns = [
    { title: "Table", search: true, value: (table) => `${table.schema}.${table.name}`,
      show: (table) => [name(`${table.schema}.${table.name}`),
        table.reason ? html("span", { class: "why" }, `as text: ${safe(table.reason)}`) : null] },
    { title: isPlan ? "Rows, about" : "Rows", number: true, value: (table) => table.rows || 0, show: (table) => count(table.rows) },
    { title: isPlan ? "On disk" : "Bytes", number: true, value: (table) => table.bytes || 0, show: (table) => bytes(table.bytes) },
    { title: isPlan ? "Predicted" : "Work", number: true, value: (table) => table.seconds || 0,
      show: (table) => [seconds(table.seconds || 0), share(table.seconds || 0, most)] },
    { title: "Format", value: (table) => table.format, show: (table) => safe(table.format) },
    { title: "Parts", number: true, value: (table) => table.chunks || 1, show: (table) => count(table.chunks || 1) },
  ];
  if (!isPlan) {
    columns.push({ title: "Verified", value: (table) => (table.verified ? 1 : 0),
      show: (table) => (table.verified ? html("span", { class: "good" }, "yes") : html("span", { class: "careful" }, "no")) });
  }
  return card("Tables", sortableTable({
    caption: isPlan ? "What each table's rows would take, the costliest first"
      : "The costliest first: seconds of work to copy the rows, added up over a table's parts",
    rows: tables, columns, sort: { column: 3, down: true }, filter: "Find",
  }));
}

function indexesSection() {
  if (!indexes.length) return null;
  const most = largest(indexes, (index) => index.seconds);
  return card("Indexes", sortableTable({
    caption: "The costliest first: seconds to build each",
    rows: indexes,
    columns: [
      { title: "Index", search: true, value: (index) => `${index.schema}.${index.name}`,
        show: (index) => name(`${index.schema}.${index.name}`) },
      { title: "Table", search: true, value: (index) => index.table, show: (index) => name(index.table) },
      { title: "On disk", number: true, value: (index) => index.bytes || 0, show: (index) => bytes(index.bytes) },
      { title: "To build", number: true, value: (index) => index.seconds || 0,
        show: (index) => [seconds(index.seconds || 0), share(index.seconds || 0, most)] },
    ],
    sort: { column: 3, down: true }, filter: "Find",
  }));
}

// ---------------------------------------------------------------- pictures over time

const phases = {
  data: "copying rows",
  indexes: "building indexes",
  constraints: "keys and foreign keys",
  verify: "reading back",
  analyze: "statistics",
  refresh: "materialized views",
  "post-data": "triggers, rules, policies",
};
const phaseTitle = (phase) => phases[phase] || safe(phase);
const phaseColor = (phase) => `var(--phase-${phases[phase] ? phase : "other"})`;

const stretches = list(report.timeline).filter((one) => one.seconds >= 0);
const samples = list(report.samples);
const view = { from: 0, to: total };
const drawings = [];  // functions that draw again

function setView(from, to) {
  const shortest = Math.max(total / 2000, 0.005);
  const width = Math.min(total, Math.max(shortest, to - from));
  view.from = Math.min(Math.max(0, from), total - width);
  view.to = view.from + width;
  for (const draw of drawings) draw();
}

const zoom = (factor, at = (view.from + view.to) / 2) =>
  setView(at - (at - view.from) * factor, at + (view.to - at) * factor);

function ticks(from, to, most) {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800,
    86400, 172800];
  const step = steps.find((one) => (to - from) / one <= most) || steps[steps.length - 1];
  const all = [];
  for (let at = Math.ceil(from / step - 1e-9) * step; at <= to + step * 1e-6; at += step) all.push(at);
  return { step, all };
}

/// The frame that both pictures share: where they begin and end, the time axis below.
function frame(picture, height, left) {
  const width = Math.max(260, picture.clientWidth || 260);
  const right = width - 8;
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.setAttribute("height", height);
  const x = (at) => left + ((at - view.from) / (view.to - view.from || 1)) * (right - left);
  const parts = [];
  const { step, all } = ticks(view.from, view.to, Math.max(2, (right - left) / 76));
  for (const at of all) {
    parts.push(svg("line", { class: "grid", x1: x(at), x2: x(at), y1: 0, y2: height - 20 }),
      svg("text", { class: "axis", x: Math.min(x(at), right - 4), y: height - 5,
        "text-anchor": x(at) > right - 20 ? "end" : x(at) < left + 12 ? "start" : "middle" }, clock(at, step)));
  }
  return { x, left, right, parts };
}

function redrawnWhenResized(picture, draw) {
  drawings.push(draw);
  let last = 0;
  new ResizeObserver(() => {
    if (picture.clientWidth === last) return;
    last = picture.clientWidth;
    requestAnimationFrame(draw);  // it may change the size that is being observed
  }).observe(picture);
}

function zoomTools() {
  const tool = (text, label, go) => html("button", { type: "button", "aria-label": label, title: label, onclick: go }, text);
  return html("div", { class: "tools" }, tool("−", "Zoom out", () => zoom(2)), tool("+", "Zoom in", () => zoom(0.5)),
    tool("All", "Show the whole run", () => setView(0, total)));
}

function timelineSection() {
  if (!stretches.some((one) => one.worker >= 0) || total <= 0) return null;
  const workers = [...new Set(stretches.map((one) => one.worker))].sort((a, b) => a - b);
  const rows = workers.map((worker) => stretches.filter((one) => one.worker === worker).sort((a, b) => a.start - b.start));
  const rowHeight = workers.length > 24 ? 12 : workers.length > 10 ? 17 : 24;
  const gap = rowHeight > 14 ? 5 : 2;
  const height = workers.length * (rowHeight + gap) + 24;
  const picture = svg("svg", { role: "img", tabindex: 0, "aria-label": timelineInWords(workers) });
  const told = html("p", { class: "told", role: "status", "aria-live": "polite" },
    "Point at a piece of work to see what it was; drag over a part of the picture to zoom into it.");
  let cursor = null;  // [row, place in it]
  let geometry = null;
  let drag = null;

  const inWords = (worker) => (worker < 0 ? "schema" : rowHeight < 14 ? String(worker + 1) : `worker ${worker + 1}`);

  function draw() {
    const at = frame(picture, height, workers.length === 1 && workers[0] < 0 ? 60 : 68);
    geometry = at;
    const parts = [];
    rows.forEach((row, i) => {
      const y = i * (rowHeight + gap);
      parts.push(svg("text", { class: "axis", x: at.left - 8, y: y + rowHeight / 2 + 4, "text-anchor": "end" },
        inWords(workers[i])));
      if (workers[i] >= 0) {
        parts.push(svg("rect", { class: "track", x: at.left, y, width: at.right - at.left, height: rowHeight, rx: 2 }));
      }
      const paths = new Map();  // one path for each color, however many stretches
      for (const one of row) {
        const from = Math.max(one.start, view.from);
        const to = Math.min(one.start + one.seconds, view.to);
        if (to < from) continue;
        const x = at.x(from);
        const width = Math.max(to > from ? 0.75 : 0.5, at.x(to) - x - 0.5);
        const color = one.failed ? "failed" : one.phase;
        paths.set(color, (paths.get(color) || "") + `M${x.toFixed(2)} ${y}h${width.toFixed(2)}v${rowHeight}h${-width.toFixed(2)}z`);
      }
      for (const [color, d] of paths) {
        parts.push(color === "failed" ? svg("path", { class: "failed", d })
          : svg("path", { d, style: { fill: phaseColor(color) } }));
      }
    });
    if (cursor) {
      const one = rows[cursor[0]][cursor[1]];
      const x = at.x(Math.max(one.start, view.from));
      parts.push(svg("rect", { class: "cursor", x, y: cursor[0] * (rowHeight + gap),
        width: Math.max(3, at.x(Math.min(one.start + one.seconds, view.to)) - x), height: rowHeight }));
    }
    if (drag && drag.to !== undefined) {
      parts.push(svg("rect", { class: "chosen", x: Math.min(drag.from, drag.to), y: 0, width: Math.abs(drag.to - drag.from),
        height: height - 22 }));
    }
    picture.replaceChildren(...at.parts, ...parts);
  }

  function tell(row, place) {
    const one = rows[row][place];
    const several = one.tasks > 1 ? `${count(one.tasks)} tasks, the longest ` : "";
    told.textContent = `${inWords(workers[row])}: ${one.failed ? "failed while " : ""}${phaseTitle(one.phase)}, ${several}` +
      `${safe(one.what)}, ${seconds(one.seconds)} from ${seconds(one.start)} on`;
  }

  function point(event) {
    const box = picture.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
  const timeAt = (x) => view.from + ((x - geometry.left) / (geometry.right - geometry.left)) * (view.to - view.from);

  picture.addEventListener("pointermove", (event) => {
    const { x, y } = point(event);
    if (drag) {
      drag.to = Math.min(Math.max(x, geometry.left), geometry.right);
      return draw();
    }
    const row = Math.min(rows.length - 1, Math.floor(y / (rowHeight + gap)));
    if (row < 0) return;
    const at = timeAt(x);
    const slack = (2 / (geometry.right - geometry.left)) * (view.to - view.from);
    const place = rows[row].findIndex((one) => one.start - slack <= at && at <= one.start + one.seconds + slack);
    if (place >= 0) tell(row, place);
    else if (x >= geometry.left) told.textContent = `${inWords(workers[row])}: idle at ${seconds(Math.max(0, at))}`;
  });
  picture.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    drag = { from: Math.min(Math.max(point(event).x, geometry.left), geometry.right) };
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointerup", () => {
    const done = drag;
    drag = null;
    if (!done) return;
    if (done.to === undefined || Math.abs(done.to - done.from) < 6) return draw();
    const [from, to] = [timeAt(Math.min(done.from, done.to)), timeAt(Math.max(done.from, done.to))];
    setView(from, to);
  });
  picture.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(point(event).x));
  }, { passive: false });
  picture.addEventListener("keydown", (event) => {
    const width = view.to - view.from;
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (step) moveCursor(step);
    else if (event.key === "+" || event.key === "=") zoom(0.5);
    else if (event.key === "-") zoom(2);
    else if (event.key === "0") setView(0, total);
    else if (event.key === "PageDown") setView(view.from + width, view.to + width);
    else if (event.key === "PageUp") setView(view.from - width, view.to - width);
    else return;
    event.preventDefault();
  });

  function moveCursor([rowStep, step]) {
    if (!cursor) cursor = [0, 0];
    else if (step) cursor[1] = Math.min(Math.max(0, cursor[1] + step), rows[cursor[0]].length - 1);
    else {
      const at = rows[cursor[0]][cursor[1]].start;
      const row = Math.min(Math.max(0, cursor[0] + rowStep), rows.length - 1);
      const next = rows[row].findIndex((one) => one.start >= at);
      cursor = [row, next < 0 ? rows[row].length - 1 : next];
    }
    tell(cursor[0], cursor[1]);
    const one = rows[cursor[0]][cursor[1]];
    const width = view.to - view.from;
    if (one.start < view.from || one.start > view.to) setView(one.start - width / 4, one.start + (3 * width) / 4);
    else draw();
  }

  redrawnWhenResized(picture, draw);
  const id = "s-timeline";
  return html("section", { class: "card", "aria-labelledby": id },
    html("div", { class: "titled" }, html("h2", { id }, "What the workers did"), zoomTools()),
    html("figure", {}, picture, told),
    workTable());
}

function timelineInWords(workers) {
  const all = workers.filter((worker) => worker >= 0).length;
  const parts = list(report.work).slice().sort((a, b) => b.seconds - a.seconds)
    .map((one) => `${phaseTitle(one.phase)} ${seconds(one.seconds)}`);
  return `Timeline of ${counted(all, "worker", "workers")} over ${seconds(total)}` +
    (parts.length ? `. Work: ${parts.join(", ")}` : "") +
    ". The arrow keys move from one piece of work to the next; plus, minus and 0 zoom.";
}

/// Of the time from the first worker's start to the last one's end.
function shift() {
  const ofWorkers = stretches.filter((one) => one.worker >= 0);
  if (!ofWorkers.length) return 0;
  const from = Math.min(...ofWorkers.map((one) => one.start));
  const to = Math.max(...ofWorkers.map((one) => one.start + one.seconds));
  const jobs = (report.resources && report.resources.jobs) || new Set(ofWorkers.map((one) => one.worker)).size;
  return (to - from) * jobs;
}

function workTable() {
  const work = list(report.work).slice().sort((a, b) => b.seconds - a.seconds);
  if (!work.length) return null;
  const busy = sum(work, (one) => one.seconds);
  const all = Math.max(shift(), busy);
  const entry = (color, title, value, tasks) => html("li", {}, html("i", { style: { background: color } }), title, " ",
    html("b", {}, seconds(value)), ` · ${percent(value, all)}`, tasks ? ` · ${counted(tasks, "task", "tasks")}` : "");
  return html("ul", { class: "legend", "aria-label": "Where the workers' time went" },
    work.map((one) => entry(phaseColor(one.phase), phaseTitle(one.phase), one.seconds, one.tasks)),
    all - busy > all * 0.005 ? entry("var(--track)", "idle", all - busy) : null,
    stretches.some((one) => one.failed)
      ? html("li", {}, html("i", { style: { background: "var(--bad)" } }), "failed, or stopped by a failure") : null);
}

function throughputSection() {
  if (samples.length < 6 || total <= 0) return null;  // too short a run to have a course
  const points = [{ at: samples[0].at - 0.2, bytes: 0, rows: 0 }, ...samples];
  const last = points[points.length - 1];

  function moved(at, member) {
    if (at <= points[0].at) return 0;
    if (at >= last.at) return last[member];
    let low = 0;
    let high = points.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (points[middle].at <= at) low = middle;
      else high = middle;
    }
    const [before, after] = [points[low], points[high]];
    return before[member] + ((after[member] - before[member]) * (at - before.at)) / (after.at - before.at || 1);
  }
  function rates(from, to, most) {
    const apart = last.at / points.length;
    const buckets = Math.max(2, Math.min(most, Math.floor((to - from) / Math.max(0.4, 2 * apart))));
    const width = (to - from) / buckets;
    return Array.from({ length: buckets }, (_, i) => {
      const at = from + i * width;
      return { from: at, to: at + width, rate: Math.max(0, moved(at + width, "bytes") - moved(at, "bytes")) / width };
    });
  }

  const held = bottlenecks();
  const height = 150 + (held.length ? 22 : 0) + 24;
  const top = 8;
  const bottom = 150;
  const average = moved(total, "bytes") / Math.max(0.001, last.at - points[0].at);
  const best = Math.max(...rates(0, total, 200).map((one) => one.rate));
  const picture = svg("svg", { role: "img", "aria-label":
    `Bytes of rows per second over time: ${bytes(average)} a second on average while workers worked, ${bytes(best)} at best.` });

  function draw() {
    const at = frame(picture, height, 68);
    const buckets = rates(view.from, view.to, Math.floor((at.right - at.left) / 4));
    const most = Math.max(1, ...buckets.map((one) => one.rate));
    const scale = niceScale(most);
    const y = (rate) => bottom - (rate / scale.top) * (bottom - top);
    const parts = scale.marks.map((mark) => [
      svg("line", { class: "grid", x1: at.left, x2: at.right, y1: y(mark), y2: y(mark) }),
      svg("text", { class: "axis", x: at.left - 8, y: y(mark) + 4, "text-anchor": "end" }, mark ? `${bytes(mark).replace(/\.0+ /, " ")}/s` : "0"),
    ]);
    const line = buckets.map((one) =>
      `${at.x((one.from + one.to) / 2).toFixed(1)} ${y(one.rate).toFixed(1)}`);
    const [first, end] = [at.x(view.from).toFixed(1), at.x(view.to).toFixed(1)];
    parts.push(svg("path", { class: "area", d: `M${first} ${bottom}L${line.join("L")}L${end} ${bottom}z` }),
      svg("path", { class: "edge", d: `M${line.join("L")}` }));
    if (held.length) parts.push(heldStrip(at, held));
    picture.replaceChildren(...at.parts, ...parts.flat());
  }

  function heldStrip(at, kinds) {
    const paths = new Map();
    samples.forEach((sample, i) => {
      const from = Math.max(view.from, i ? samples[i - 1].at : sample.at - 0.2);
      const to = Math.min(view.to, sample.at);
      if (!sample.bottleneck || to <= from) return;
      const x = at.x(from);
      paths.set(sample.bottleneck, (paths.get(sample.bottleneck) || "") +
        `M${x.toFixed(2)} ${bottom + 8}h${(at.x(to) - x).toFixed(2)}v10h${(x - at.x(to)).toFixed(2)}z`);
    });
    return [svg("text", { class: "axis", x: at.left - 8, y: bottom + 17, "text-anchor": "end" }, "held by"),
      ...[...paths].map(([what, d]) => svg("path", { d, style: { fill: kinds.find((one) => one.what === what).color } }))];
  }

  redrawnWhenResized(picture, draw);
  return card("Throughput",
    html("p", { class: "lead" }, `Bytes of rows that left the source: ${bytes(average)} a second on average while workers worked, ` +
      `${bytes(best)} at best.`),
    html("figure", {}, picture),
    held.length ? html("ul", { class: "legend", "aria-label": "What held the work up, by share of the samples" },
      held.map((one) => html("li", {}, html("i", { style: { background: one.color } }), safe(one.what), " ",
        html("b", {}, percent(one.samples, samples.length))))) : null);
}

function bottlenecks() {
  const colors = ["--phase-indexes", "--phase-data", "--phase-constraints", "--phase-analyze", "--phase-refresh", "--phase-verify"];
  const seen = new Map();
  for (const { bottleneck } of samples) if (bottleneck) seen.set(bottleneck, (seen.get(bottleneck) || 0) + 1);
  return [...seen].sort((a, b) => b[1] - a[1])
    .map(([what, times], i) => ({ what, samples: times, color: `var(${colors[i] || "--phase-other"})` }));
}

function niceScale(most) {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const top = [1, 2, 2.5, 5, 10].find((one) => one * magnitude >= most) * magnitude;
  return { top, marks: [0, top / 2, top] };
}

// ---------------------------------------------------------------- settings and resources

function facts(pairs) {
  const out = html("dl", { class: "facts" });
  for (const [key, value] of pairs) out.append(html("dt", {}, key), html("dd", {}, value));
  return out;
}

/// As pg_settings counts them.
function settingText(key, value) {
  const number = Number(value);
  if (["maintenance_work_mem", "work_mem"].includes(key)) return bytes(number * 1024);
  if (["shared_buffers"].includes(key)) return bytes(number * 8192);
  if (["max_wal_size"].includes(key)) return bytes(number * 1024 * 1024);
  return safe(value);
}

function settingsSection() {
  const options = Object.entries(report.settings || {});
  const ends = [["Source", report.source], ["Target", report.target]].filter(([, end]) => end);
  const keys = [...new Set(ends.flatMap(([, end]) => Object.keys(end.settings || {})))].sort();
  const box = card("Settings and versions");
  box.append(facts([["pghaul", safe(report.pghaul || "?")],
    ...ends.map(([title, end]) => [title, `PostgreSQL ${safe(end.server_version)}, ${bytes(end.bytes)} on disk`]),
    ...options.map(([key, value]) => [safe(key), safe(value)])]));
  if (keys.length) {
    box.append(html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Settings of the servers" },
      html("table", {}, html("caption", {}, "Settings of the servers"),
        html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Setting"),
          ends.map(([title]) => html("th", { scope: "col", class: "number" }, title)))),
        html("tbody", {}, keys.map((key) => html("tr", {}, html("td", {}, html("code", {}, safe(key))),
          ends.map(([, end]) => html("td", { class: "number" },
            end.settings && key in end.settings ? settingText(key, end.settings[key]) : "–"))))))));
  }
  return box;
}

function resourcesSection() {
  const used = report.resources;
  if (!used) return null;
  return card("What it cost here",
    facts([["workers", count(used.jobs)], ["processor time of pghaul", seconds(used.cpu_seconds || 0)],
      ["most memory held", bytes(used.max_rss_bytes)], ["from start to end", seconds(total)]]));
}

// ---------------------------------------------------------------- the page

function main() {
  document.title = `${(report.source && safe(report.source.database)) || "pghaul"}: ${headline}`;
  document.getElementById("head").append(...head());
  const first = [downtime(), nextSteps()].filter(Boolean);
  const parts = [
    trouble(),
    first.length === 2 ? html("div", { class: "pair" }, first) : first,
    report.status === "mismatch" ? verificationSection() : null,
    timelineSection(),
    throughputSection(),
    suggestions(),
    tablesSection(),
    indexesSection(),
    findingsSection(),
    leftOutSection(),
    report.status === "mismatch" ? null : verificationSection(),
    settingsSection(),
    resourcesSection(),
  ];
  document.getElementById("main").append(...parts.flat().filter(Boolean));
  document.getElementById("foot").append(
    `Written by pghaul ${safe(report.pghaul || "")}. One self-contained page: it loads nothing, and holds no passwords.`);
}

main();
