// ---------------------------------------------------------------- pictures over time

const phases = {
  discover: "looking",
  "pre-data": "schema",
  data: "copying rows",
  indexes: "building indexes",
  constraints: "keys and foreign keys",
  verify: "reading back",
  analyze: "statistics",
  refresh: "materialized views",
  "post-data": "triggers, rules, policies",
};
const phaseTitle = (phase) => phases[phase] || safe(phase);
const kColored = ["data", "indexes", "constraints", "verify", "analyze", "refresh", "post-data"];
const phaseColor = (phase) => `var(--phase-${kColored.includes(phase) ? phase : "other"})`;

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

const milestoneTitles = { data: "rows", indexes: "indexes", constraints: "constraints", verified: "verified" };
const milestoneTitle = (milestone) => milestoneTitles[milestone] || safe(milestone);

/// What stood when.
function milestonesSection(milestones) {
  const all = list(milestones);
  if (!all.length || !total) return null;
  return card(estimate ? "What would stand when" : "What stood when",
    bars(all.map((one) => ({ label: milestoneTitle(one.name), seconds: one.seconds, kind: "milestone" }))));
}

const kMarksHeight = 18;

/// Dashed lines where milestones were reached, down to `bottom`, with their names above; names that would run into each
/// other share a line of text.
function marks(at, milestones, bottom) {
  const shown = list(milestones).filter((one) => view.from <= one.seconds && one.seconds <= view.to * 1.0001);
  const groups = [];
  for (const one of shown) {
    const group = { x: at.x(one.seconds), text: milestoneTitle(one.name) };
    for (let last = groups[groups.length - 1]; last && ends(last)[1] + 10 > ends(group)[0]; last = groups[groups.length - 1]) {
      group.text = `${last.text} · ${group.text}`;
      groups.pop();
    }
    groups.push(group);
  }
  /// From where to where a name goes: away from its line to the left, unless there is no room.
  function ends(group) {
    const width = 6.6 * group.text.length;
    const right = group.x - 5 - width > 0 ? group.x - 5 : group.x + 5 + width;
    return [right - width, right];
  }
  return [
    ...shown.map((one) => svg("line", { class: "mark", x1: at.x(one.seconds), x2: at.x(one.seconds), y1: 15, y2: bottom })),
    ...groups.map((group) => svg("text", { class: "axis", x: ends(group)[1], y: 11, "text-anchor": "end" }, group.text)),
  ];
}

/// The frame that all pictures share: where they begin and end, the time axis below.
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
  let last = null;
  new ResizeObserver(() => {
    if (last === null) last = picture.clientWidth;  // as when the page was made
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
  const top = list(report.milestones).length ? kMarksHeight : 0;
  const height = top + workers.length * (rowHeight + gap) + 24;
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
      const y = top + i * (rowHeight + gap);
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
      parts.push(svg("rect", { class: "cursor", x, y: top + cursor[0] * (rowHeight + gap),
        width: Math.max(3, at.x(Math.min(one.start + one.seconds, view.to)) - x), height: rowHeight }));
    }
    if (drag && drag.to !== undefined) {
      parts.push(svg("rect", { class: "chosen", x: Math.min(drag.from, drag.to), y: 0, width: Math.abs(drag.to - drag.from),
        height: height - 22 }));
    }
    picture.replaceChildren(...at.parts, ...parts, ...marks(at, report.milestones, height - 22));
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
    const row = Math.min(rows.length - 1, Math.floor((y - top) / (rowHeight + gap)));
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

