
// ---------------------------------------------------------------- a live copy

const liveSamples = list(live && live.samples);
const liveRounds = list(live && live.rounds);

/// How a live copy stands, or stood at last, and how lag and rate went.
function liveSection() {
  if (!live) return null;
  return card("Live copy",
    liveSamples.length ? html("p", { class: "lead" }, lagInShort()) : null,
    liveSamples.length > 1 ? [
      course("Seconds of lag", "lag_seconds", (value) => seconds(value).replace(/\.0+ /, " ")),
      course("Changes a second", "changes_per_second", count),
    ] : null,
    facts(liveFacts()));
}

function lagInShort() {
  const lags = liveSamples.map((one) => one.lag_seconds).sort((a, b) => a - b);
  const share = (part) => seconds(lags[Math.min(lags.length - 1, Math.floor(part * lags.length))]);
  return `The target was ${share(0.5)} behind in the median, at most ${share(1)}; ` +
    `up to ${count(largest(liveSamples, (one) => one.changes_per_second))} changes a second came.`;
}

function liveFacts() {
  const pairs = [["state", safe(String(live.state || "").replace("_", " "))]];
  if (live.why) pairs.push(["because", safe(live.why)]);
  if (live.state === "copying") return pairs;
  pairs.push(["lag", `${seconds(live.lag_seconds || 0)}, ${bytes(live.lag_bytes)} of WAL, ` +
    `${counted(live.pending_transactions, "transaction", "transactions")} under way`],
  ["received", `${counted(live.changes, "change", "changes")} in ${counted(live.transactions, "transaction", "transactions")} ` +
    "since pghaul was started"],
  ["the slot holds", `${bytes(live.slot_holds_bytes)} of WAL on the source` + (live.slot_may_hold_bytes === undefined ? ""
    : `; it is lost when it has to hold ${bytes(live.slot_may_hold_bytes)} more`)],
  ["position", `${safe(live.position)} of ${safe(live.source_position)}`]);
  if (liveRounds.length) pairs.push(["rounds", roundsInShort()]);
  if (live.age_seconds !== undefined) pairs.push(["as of", `${seconds(live.age_seconds)} before this report`]);
  return pairs;
}

function roundsInShort() {
  const keys = liveRounds.reduce((sum, one) => sum + one.keys, 0);
  const last = liveRounds[liveRounds.length - 1];
  return `${count(liveRounds.length)}, of ${counted(keys, "changed row", "changed rows")}; the longest took ` +
    `${seconds(largest(liveRounds, (one) => one.seconds))}; in the last one ` +
    (last.different ? `${counted(last.different, "table", "tables")} differed` : "all were equal");
}

/// The rounds in view, as dots where each ended.
function roundDots(x, y) {
  return liveRounds.filter((one) => one.at >= view.from && one.at <= view.to).map((one) =>
    svg("circle", { class: one.different ? "dot differs" : "dot", cx: x(one), cy: y, r: 3 },
      svg("title", {}, `Round of ${counted(one.keys, "row", "rows")}, ${seconds(one.seconds)}: ` +
        (one.different ? `${counted(one.different, "table", "tables")} with differences` : "equal"))));
}

/// One figure of the samples over time.
function course(title, member, show) {
  const [top, bottom] = [8, 92];
  const picture = svg("svg", { role: "img", "aria-label":
    `${title} over time: at most ${show(largest(liveSamples, (one) => one[member]))}.` });

  function draw() {
    const at = frame(picture, bottom + 24, 68);
    const inView = liveSamples.filter((one, i) => (liveSamples[i + 1] || one).at >= view.from
      && (liveSamples[i - 1] || one).at <= view.to);
    const scale = niceScale(Math.max(0.01, largest(inView, (one) => one[member])));
    const x = (one) => at.x(Math.min(view.to, Math.max(view.from, one.at))).toFixed(1);
    const y = (value) => bottom - (value / scale.top) * (bottom - top);
    const parts = scale.marks.map((mark) => [
      svg("line", { class: "grid", x1: at.left, x2: at.right, y1: y(mark), y2: y(mark) }),
      svg("text", { class: "axis", x: at.left - 8, y: y(mark) + 4, "text-anchor": "end" }, mark ? show(mark) : "0"),
    ]);
    if (inView.length > 1) {
      const line = inView.map((one) => `${x(one)} ${y(one[member]).toFixed(1)}`).join("L");
      parts.push(svg("path", { class: "area", d: `M${x(inView[0])} ${bottom}L${line}L${x(inView[inView.length - 1])} ${bottom}z` }),
        svg("path", { class: "edge", d: `M${line}` }));
    }
    parts.push(roundDots(x, bottom));
    picture.replaceChildren(...at.parts, ...parts.flat());
  }

  redrawnWhenResized(picture, draw);
  return html("figure", {}, html("figcaption", { class: "caption" }, title), picture);
}
