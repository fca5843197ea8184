// ---------------------------------------------------------------- throughput

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
  const top = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((one) => one * magnitude >= most) * magnitude;
  return { top, marks: [0, top / 2, top] };
}

