// ---------------------------------------------------------------- the head

function endName(end) {
  if (!end) return null;
  return [html("b", { class: "name" }, safe(end.description || end.database || "?")),
    end.server_version ? ` PostgreSQL ${safe(end.server_version)}` : ""];
}

function moment(text) {
  const when = new Date(text);
  if (Number.isNaN(when.getTime())) return safe(text || "");
  return when.toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
    timeZone: "UTC" }) + " UTC";
}

function head() {
  const database = report.databases ? "All databases" : (report.source || report.target || {}).database;
  const mark = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: "M3 7h8M3 12h5M3 17h8M13 12h8m0 0-4-4m4 4-4 4", fill: "none", stroke: "currentColor",
      "stroke-width": 2.2, "stroke-linecap": "round", "stroke-linejoin": "round" }));
  const way = html("p", { class: "way" });
  const source = report.source || (live && live.source ? { description: live.source } : null);
  if (source || !report.abandoned) way.append(html("span", {}, endName(source) || "source not reached"));
  if (report.target || complete || isCopy) {
    way.append(html("span", { "aria-label": report.verb === "verify" ? "against" : "to" }, "→"),
      html("span", {}, endName(report.target) || "target not reached"));
  }
  return [
    html("div", { class: "brand" }, mark, html("span", {}, "pghaul ", safe(report.verb || "")),
      html("time", { class: "when", datetime: safe(report.started || "") }, moment(report.started))),
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
  if (!report.error || stoppedOnRequest) return null;
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

/// Lengths beside each other.
function bars(lengths) {
  const widest = largest(lengths, (one) => one.seconds);
  return html("dl", { class: "bars" }, lengths.map((one) => [html("dt", {}, one.label),
    html("dd", {}, html("span", { class: `bar ${one.kind || ""}`, "aria-hidden": "true" },
      html("i", { style: { width: `${Math.max(0.5, (100 * one.seconds) / widest)}%` } })),
    html("span", {}, seconds(one.seconds)))]));
}

function downtime() {
  const sinceItBegan = complete && report.downtime && report.downtime.of_this_run !== undefined;
  const measured = sinceItBegan || (report.downtime && !report.resumed) ? report.downtime.seconds : report.seconds;
  const predicted = report.downtime ? report.downtime.predicted_seconds : report.predicted_seconds;
  const onDisk = report.databases ? sum(databases, (one) => (one.report.source || {}).bytes) : report.source ? report.source.bytes : 0;
  if (isPlan) return forecastAlone(predicted, onDisk);
  if (live || switchover || measured === undefined || ["refused", "failed", "abandoned"].includes(report.status)) return null;
  const telling = complete && onDisk >= kTellingBytes && !report.resumed;
  const rule = isCopy && telling ? (onDisk / 1e9) * kHostedSecondsPerGb : 0;
  const lengths = [{ label: sinceItBegan ? "since the copy began" : complete ? "measured" : "until it ended", seconds: measured }];
  if (sinceItBegan) lengths.push({ label: "this run", seconds: report.downtime.of_this_run });
  if (predicted) lengths.push({ label: "forecast", seconds: predicted, kind: "forecast" });
  if (rule) lengths.push({ label: "at 3 min per GB", seconds: rule, kind: "rule" });
  const title = !isCopy ? "Time taken" : !complete ? "Time until it ended" : report.resumed && !sinceItBegan ? "Time of this run" : "Downtime";
  return card(title,
    html("p", { class: "big" }, seconds(measured),
      predicted && complete ? html("small", {}, beside(measured, predicted)) : null),
    bars(lengths),
    rule ? html("p", { class: "note" }, "3 minutes per GB is what hosted pg:copy documents.") : null,
    tiles(onDisk, telling && report.downtime ? report.downtime.seconds_per_gb : undefined));
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

function tileList(pairs) {
  return html("dl", { class: "tiles" },
    pairs.map(([label, value]) => html("div", {}, html("dt", {}, label), html("dd", {}, value))));
}

function tiles(onDisk, perGb) {
  const out = [];
  if (perGb) out.push(["per GB", seconds(perGb)]);
  if (onDisk) out.push(["source on disk", bytes(onDisk)]);
  const all = report.databases ? databases.flatMap((one) => list(one.report.tables)) : tables;
  if (report.databases) out.push(["databases", count(databases.length)]);
  out.push(["tables", count(all.length)], [isPlan ? "rows, estimated" : "rows", count(sum(all, (table) => table.rows))]);
  if (!isPlan) out.push(["bytes of rows", bytes(sum(all, (table) => table.bytes))]);
  if (isPlan) {
    for (const [member, label] of [["indexes", "indexes"], ["keys", "keys"], ["foreign_keys", "foreign keys"],
      ["sequences", "sequences"]]) if (report[member]) out.push([label, count(report[member])]);
  } else if (indexes.length) {
    out.push(["indexes", count(indexes.length)]);
  }
  if (report.statistics && report.statistics.carried) {
    out.push(["statistics carried over", counted(report.statistics.carried, "table", "tables")]);
  }
  if (report.large_objects && report.large_objects.count) out.push(["large objects", count(report.large_objects.count)]);
  return tileList(out);
}

function nextSteps() {
  const steps = whatNext();
  if (!steps.length) return null;
  return card("What to do next", comparedInShort(), html("ol", { class: "steps" },
    steps.map((step) => html("li", {}, withCommands(step)))));
}

/// What one would type is set as such: from "pghaul" to the last word in capitals or with dashes.
function withCommands(text) {
  const command = /pghaul [a-z]+(?: (?:--[a-z-]+|[A-Z]{2,}))*/g;
  const parts = [];
  let done = 0;
  for (const found of text.matchAll(command)) {
    parts.push(text.slice(done, found.index), html("code", {}, found[0]));
    done = found.index + found[0].length;
  }
  parts.push(text.slice(done));
  if (!text.startsWith("pghaul")) parts[0] = parts[0].charAt(0).toUpperCase() + parts[0].slice(1);
  return parts;
}

function comparedInShort() {
  const done = report.verification;
  if (!done || mismatches.length) return null;
  return html("p", { class: "lead" }, `${counted(done.tables, "table", "tables")} and ${counted(done.rows, "row", "rows")} were ` +
    (done.mode === "checksums" ? "compared: no difference." : "counted on both sides: the numbers agree."));
}

/// A run that went on with what an earlier one had begun.
function resumedSection() {
  const before = report.resumed;
  if (!before) return null;
  const facts_ = [["the copy began", html("time", { datetime: safe(before.started) }, moment(before.started))],
    ["this run is its", `${ordinal(before.run)}`]];
  if (before.tasks_total) {
    facts_.push(["done before", `${count(before.tasks_done)} of ${counted(before.tasks_total, "piece", "pieces")} of work, with ` +
      `${counted(before.rows, "row", "rows")}, ${bytes(before.bytes)}`]);
  }
  return card("Resumed",
    html("p", { class: "lead" }, "This run resumed where an earlier one had stopped. The times on this page are this run's; " +
      "rows, bytes and seconds of work of tables and indexes are those of all runs."),
    before.tasks_total ? progressBar(before.tasks_done / before.tasks_total, "Share of the work that was done before") : null,
    facts(facts_));
}

function ordinal(number) {
  const words = ["", "first", "second", "third", "fourth", "fifth"];
  return words[number] || `${count(number)}th`;
}

function progressBar(fraction, label) {
  return html("div", { class: "whole", role: "img", "aria-label": `${label}: ${percent(fraction, 1)}` },
    html("i", { style: { width: `${100 * fraction}%` } }));
}

/// What an earlier run left behind, when it was given up.
function abandonedSection() {
  const gone = report.abandoned;
  if (!gone) return null;
  const left = list(gone.left).map((one) => counted(one.count, safe(one.kind), `${safe(one.kind)}s`)).join(", ");
  return card("What was given up", facts([["copied from", name(gone.source)], ["begun", moment(gone.started)],
    ["runs", count(gone.runs)], ["pieces of work done", count(gone.tasks_done)], ["the target keeps", left || "nothing"]]));
}

function suggestions() {
  const all = list(report.suggestions);
  if (!all.length) return null;
  return card("What would make it shorter", html("ul", { class: "list" }, all.map((one) => html("li", {},
    one.gain_seconds ? html("span", { class: "gain" }, html("b", {}, `up to ${seconds(one.gain_seconds)}`), " less") : null,
    safe(one.message)))));
}

function leftOutSection() {
  if (!leftOut.length) {
    return complete && isCopy ? card("What was left out", html("p", { class: "lead" }, "Nothing.")) : null;
  }
  return card(isCopy ? "What was left out" : "What would be left out", sortableTable({
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

/// The rows that a sync has written, or would, and why tables were compared in full in spite of a record.
function syncSection() {
  const { sync } = report;
  if (!sync) return null;
  const box = card(sync.planned ? "What a sync would write" : "What was written", html("p", { class: "lead" },
    sync.by_record ? `By the record of the copy ${counted(sync.unchanged, "table has", "tables have")} not changed. ` : "",
    list(sync.tables).length ? "" : "No table differs."));
  if (list(sync.tables).length) {
    const numbers = ["inserted", "updated", "deleted"].map((kind) => ({
      title: `${kind[0].toUpperCase()}${kind.slice(1)}`, number: true, value: (one) => one[kind], show: (one) => count(one[kind]) }));
    box.append(sortableTable({
      caption: counted(list(sync.tables).length, "table", "tables"),
      rows: sync.tables,
      columns: [
        { title: "Table", value: (one) => one.object, show: (one) => name(one.object), search: true },
        ...numbers,
        { title: "Bytes", number: true, value: (one) => one.bytes, show: (one) => bytes(one.bytes) },
      ],
    }));
  }
  if (list(sync.in_full).length) {
    box.append(html("ul", { class: "list" }, sync.in_full.map((one) => html("li", {},
      html("b", {}, name(one.object)), " was compared in full: ", safe(one.message)))));
  }
  return box;
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
  const different = list(done.different_rows).flatMap((table) => list(table.rows).map((row) => ({ table, row })));
  if (different.length) {
    const values = (columns, side) => Object.entries(columns || {}).filter(([, sides]) => side in sides)
      .map(([column, sides]) => `${column}: ${sides[side] === null ? "NULL" : sides[side]}`).join(", ");
    const key = (row) => Object.entries(row.key || {}).map(([column, value]) => `${column}=${value}`).join(", ");
    box.append(sortableTable({
      caption: "Rows that differ",
      rows: different,
      columns: [
        { title: "Table", value: (one) => one.table.object, show: (one) => name(one.table.object), search: true },
        { title: "Row is", value: (one) => one.row.kind, show: (one) => safe(one.row.kind), search: true },
        { title: "Key", value: (one) => key(one.row), show: (one) => safe(key(one.row)), search: true },
        { title: "Source", value: (one) => values(one.row.columns, "source"), show: (one) => safe(values(one.row.columns, "source")) },
        { title: "Target", value: (one) => values(one.row.columns, "target"), show: (one) => safe(values(one.row.columns, "target")) },
      ],
    }));
  }
  const notes = list(done.notes);
  if (notes.length) {
    box.append(html("ul", { class: "list" }, notes.map((one) => html("li", {},
      html("b", {}, name(one.object)), ": ", safe(one.message)))));
  }
  return box;
}
