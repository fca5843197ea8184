// ---------------------------------------------------------------- an estimate

function estimateHero() {
  const box = card(estimate.archive ? "Predicted time" : "Predicted downtime",
    html("p", { class: "big" }, seconds(estimate.seconds),
      html("small", {}, `8 times in 10 between ${seconds(estimate.low)} and ${seconds(estimate.high)}`)),
    interval(), windowAnswer(estimate));
  if (estimate.hosted_rule_seconds && estimate.disk_bytes >= kTellingBytes) {
    box.append(html("p", { class: "note" }, "At the 3 minutes per GB that hosted pg:copy documents it would be ",
      html("b", {}, seconds(estimate.hosted_rule_seconds)), "."));
  }
  const pairs = [];
  if (estimate.seconds_per_gb) pairs.push(["per GB", seconds(estimate.seconds_per_gb)]);
  if (estimate.disk_bytes) pairs.push(["on disk", bytes(estimate.disk_bytes)]);
  if (estimate.stream_bytes) pairs.push(["bytes of rows", bytes(estimate.stream_bytes)]);
  const archive = estimate.archive || {};
  if (archive.bytes) pairs.push(["size of the archive", bytes(archive.bytes)]);
  if (archive.free_bytes) pairs.push(["free on its disk", bytes(archive.free_bytes)]);
  pairs.push(["workers", count(estimate.jobs)]);
  if (estimate.growth && estimate.growth !== 1) pairs.push(["size, times today's", String(Number(estimate.growth.toPrecision(4)))]);
  box.append(tileList(pairs));
  return box;
}

/// The estimate, its interval and the window on one scale.
function interval() {
  const { window } = estimate;
  const height = 62;
  const words = `Between ${seconds(estimate.low)} and ${seconds(estimate.high)}, most likely ${seconds(estimate.seconds)}` +
    (window ? `; the window is ${seconds(window.seconds)}` : "");
  const picture = svg("svg", { role: "img", "aria-label": words });
  function draw() {
    const width = Math.max(240, picture.clientWidth || 240);
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    picture.setAttribute("height", height);
    // A window that is much wider than the forecast would leave nothing to be seen of it.
    const far = window && window.seconds > estimate.high * 4;
    const most = Math.max(estimate.high * 1.15, window && !far ? window.seconds * 1.08 : 0);
    const x = (value) => 1 + (value / most) * (width - 2);
    const end = window ? (far ? width - 2 : x(window.seconds)) : 0;
    const parts = [svg("rect", { class: "track", x: 0, y: 20, width, height: 18, rx: 4 })];
    if (window && !far) parts.push(svg("rect", { class: "closed", x: end, y: 20, width: Math.max(0, width - end), height: 18, rx: 4 }));
    parts.push(svg("rect", { class: "likely", x: x(estimate.low), y: 20, width: Math.max(2, x(estimate.high) - x(estimate.low)), height: 18, rx: 4 }),
      svg("line", { class: "point", x1: x(estimate.seconds), x2: x(estimate.seconds), y1: 16, y2: 42 }));
    const { step, all } = ticks(0, most, Math.max(2, width / 90));
    for (const at of all) {
      parts.push(svg("text", { class: "axis", x: at === 0 ? 0 : x(at), y: 57,
        "text-anchor": at === 0 ? "start" : x(at) > width - 24 ? "end" : "middle" }, clock(at, step)));
    }
    if (window) {
      const right = end > width / 2;
      parts.push(svg("line", { class: "mark", x1: end, x2: end, y1: 4, y2: 42 }),
        svg("text", { class: "axis", x: end + (right ? -6 : 6), y: 12, "text-anchor": right ? "end" : "start" },
          far ? `window: ${seconds(window.seconds)} →` : `window: ${seconds(window.seconds)}`));
    }
    picture.replaceChildren(...parts);
  }
  redrawnWhenResized(picture, draw);
  return html("figure", {}, picture);
}

function windowAnswer({ window }) {
  if (!window) return null;
  const length = seconds(window.seconds);
  const [kind, word, text] = window.fits
    ? ["good", "Yes:", `it fits into ${length}, with ${seconds(window.margin)} to spare, and ${seconds(window.safe_margin)} even 9 times in 10.`]
    : window.likely
      ? ["careful", "Likely:", `it should fit into ${length}, with ${seconds(window.margin)} to spare, but 1 time in 10 it takes ` +
        `${seconds(-window.safe_margin)} longer.`]
      : ["bad", "No:", `it does not fit into ${length}, by ${seconds(-window.margin)}.`];
  return html("p", { class: "answer" }, html("b", { class: kind }, word), " ", text);
}

/// What bringing an older copy up to date would take instead.
function syncForecastSection() {
  const { sync } = estimate;
  if (!sync) return null;
  const box = card("Copied ahead, then brought up to date",
    html("p", { class: "big" }, seconds(sync.seconds),
      html("small", {}, `between ${seconds(sync.low)} and ${seconds(sync.high)}`)),
    windowAnswer(sync),
    html("p", { class: "note" }, sync.by_record ? "By the record of the copy."
      : sync.no_record ? ["By ranges of keys, as the record does not hold: ", safe(sync.no_record)]
        : "By ranges of keys, as the copy has no record."),
    tileList([["rows to write", count(sync.rows)], ["tables changed", count(sync.changed)],
      ["unchanged", count(sync.unchanged)], ["compared in full", count(sync.in_full)]]));
  if (list(sync.tables).length) {
    box.append(sortableTable({
      caption: counted(sync.tables.length, "table that would be written", "tables that would be written"),
      rows: sync.tables,
      columns: [
        { title: "Table", value: (one) => one.object, show: (one) => name(one.object), search: true },
        { title: "Rows to write", number: true, value: (one) => one.written, show: (one) => count(one.written) + (one.sampled ? "" : " (not sampled)") },
        { title: "Of", number: true, value: (one) => one.rows, show: (one) => count(one.rows) },
        { title: "Compared in full", value: (one) => one.in_full || "", show: (one) => safe(one.in_full || "") },
      ],
    }));
  }
  return box;
}

/// Each phase as a bar, and above them the chain of work that decides.
function estimateTimeline() {
  const chain = list(estimate.critical);
  const all = list(estimate.phases);
  if (!all.length || !total) return null;
  const rows = all.map((phase) => ({ title: phaseTitle(phase.name), bars: [{ ...phase, phase: phase.name, what: "" }] }));
  if (chain.length) rows.unshift({ title: "what decides it", bars: chain });
  const rowHeight = 20;
  const gap = 6;
  const top = kMarksHeight;
  const height = top + rows.length * (rowHeight + gap) + 24;
  const picture = svg("svg", { role: "img", "aria-label": "When each phase would begin and end: " +
    all.map((phase) => `${phaseTitle(phase.name)} from ${seconds(phase.start)} for ${seconds(phase.seconds)}`).join(", ") });
  function draw() {
    const narrow = (picture.clientWidth || 0) < 560;
    const at = frame(picture, height, narrow ? 138 : 160);
    const parts = rows.flatMap((row, i) => {
      const y = top + i * (rowHeight + gap);
      return [
        svg("text", { class: "axis", x: at.left - 8, y: y + rowHeight / 2 + 4, "text-anchor": "end" }, row.title),
        svg("rect", { class: "track", x: at.left, y, width: at.right - at.left, height: rowHeight, rx: 2 }),
        ...row.bars.map((one) => svg("rect", { x: at.x(one.start), y, rx: 2, height: rowHeight,
          width: Math.max(1.5, at.x(one.start + one.seconds) - at.x(one.start) - 0.75), style: { fill: phaseColor(one.phase) } },
        svg("title", {}, `${phaseTitle(one.phase)}${one.what ? `, ${safe(one.what)}` : ""}: ${seconds(one.seconds)} from ` +
          `${seconds(one.start)} on`))),
      ];
    });
    picture.replaceChildren(...at.parts, ...parts, ...marks(at, estimate.milestones, height - 22));
  }
  redrawnWhenResized(picture, draw);
  return card("What would happen when", html("p", { class: "lead" }, "The plan of a copy on a simulated clock. Phases overlap: " +
    "while one table is read, the indexes of another are built."), html("figure", {}, picture));
}

function criticalSection() {
  const chain = list(estimate.critical);
  if (!chain.length) return null;
  const most = largest(chain, (step) => step.seconds);
  return card("What decides it", sortableTable({
    caption: "Each step begins when the one before it ends, or a worker is free: what shortens one shortens the copy",
    rows: chain,
    columns: [
      { title: "Step", value: (step) => step.what, show: (step) => name(step.what) },
      { title: "Phase", value: (step) => step.phase, show: (step) => [
        html("i", { class: "swatch", style: { background: phaseColor(step.phase) } }), phaseTitle(step.phase)] },
      { title: "Begins", number: true, value: (step) => step.start, show: (step) => seconds(step.start) },
      { title: "Takes", number: true, value: (step) => step.seconds,
        show: (step) => [share(step.seconds, most), seconds(step.seconds)] },
    ],
    sort: { column: 2, down: false },
  }));
}

function variantsSection() {
  const all = list(estimate.variants);
  if (!all.length) return null;
  const { window } = estimate;
  const columns = [
    { title: "If", value: (one) => one.what,
      show: (one) => [safe(one.what), one.measured === false ? html("span", { class: "why" }, "by a rule of thumb, not simulated") : null] },
    { title: "Downtime", number: true, value: (one) => one.seconds,
      show: (one) => [share(one.seconds, estimate.seconds), seconds(one.seconds)] },
    { title: "Shorter by", number: true, value: (one) => estimate.seconds - one.seconds,
      show: (one) => seconds(Math.max(0, estimate.seconds - one.seconds)) },
  ];
  if (window) {
    columns.push({ title: "Fits", value: (one) => (one.seconds <= window.seconds ? 1 : 0),
      show: (one) => (one.seconds <= window.seconds ? html("span", { class: "good" }, "yes") : html("span", { class: "bad" }, "no")) });
  }
  return card("What would make it shorter", sortableTable({
    caption: "The same copy, otherwise: each simulated by itself", rows: all, columns, sort: { column: 1, down: false } }));
}

function jobsSection() {
  const all = list(estimate.by_jobs);
  if (!all.length) return null;
  return card("By number of workers",
    bars(all.map((one) => ({ label: counted(one.jobs, "worker", "workers"), seconds: one.seconds }))));
}

function basisSection() {
  const pairs = [];
  const cores = (value) => (value === undefined ? "" : `, about ${value.toFixed(1)} cores free`);
  const line = (value) => (value === undefined ? "" : `, ${bytes(value)}/s`);
  const trip = (value) => (value === undefined ? null : `round trip ${(1000 * value).toPrecision(2)} ms`);
  if (estimate.measured) {
    pairs.push(["measured", `${counted(estimate.sampled_tables, "kind of table", "kinds of tables")} in ${seconds(estimate.measuring_seconds)}`]);
    for (const end of ["source", "target"]) {
      const text = trip(estimate[`${end}_round_trip`]);
      if (text) pairs.push([end, text + line(estimate[`${end}_line`]) + cores(estimate[`${end}_cores`])]);
    }
  } else {
    pairs.push(["measured", "nothing: these are figures that pghaul ships"]);
  }
  const { past } = estimate;
  if (past) {
    pairs.push(["past copies", `${counted(past.copies, "copy", "copies")} between these servers` +
      (past.median_error === undefined ? "" : `, foretold with a median error of ${percent(past.median_error, 1)}`)]);
  }
  for (const note of list(estimate.notes)) pairs.push(["note", safe(note)]);
  return card("What it rests on", facts(pairs));
}
