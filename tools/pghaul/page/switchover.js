// ---------------------------------------------------------------- of a switchover

const switchover = report.switchover || null;

/// When each step began and how long it took, and for how long writers waited.
function switchoverSection() {
  if (!switchover) return null;
  const steps = list(switchover.steps);
  return card("Steps of the switchover",
    html("p", { class: "lead" }, writersInShort()),
    bars(steps.map((one) => ({ label: stepTitle(one), seconds: one.seconds, kind: one.failure ? "rule" : "" }))),
    facts(switchoverFacts(steps)));
}

const stepTitle = (one) => `${safe(one.step)}${one.attempt > 1 ? `, attempt ${one.attempt}` : ""}${one.failure ? ", given up" : ""}`;

function writersInShort() {
  if (switchover.forecast_seconds !== undefined) return `Writers would wait for about ${seconds(switchover.forecast_seconds)}.`;
  if (switchover.hold_seconds === undefined) return "Writers did not wait.";
  return `Writers waited for ${seconds(switchover.hold_seconds)}, in attempt ${switchover.attempts}.`;
}

function switchoverFacts(steps) {
  const pairs = steps.filter((one) => one.failure).map((one) => [stepTitle(one), safe(one.failure)]);
  for (const one of list(switchover.blockers)) pairs.push(["in the way", safe(one)]);
  for (const one of list(switchover.carried)) {
    pairs.push([safe(one.object), one.seconds === undefined ? `${safe(one.reason)}; it had not changed`
      : `${safe(one.reason)}; copied in ${seconds(one.seconds)}, forecast ${seconds(one.forecast_seconds)}`]);
  }
  if (switchover.state === "switched")
    pairs.push(["proof", switchover.proved ? "every row was compared with the source after its last change" : "not every row was compared"]);
  return pairs;
}
