// ---------------------------------------------------------------- what it came to

const tables = list(report.tables);
const indexes = list(report.indexes);
const leftOut = list(report.left_out);
const findings = list(report.findings);
const mismatches = list(report.verification && report.verification.mismatches);
const isPlan = report.verb === "plan";
const isCopy = report.verb === "copy";
const estimate = report.estimate || null;
const live = report.live || null;
const total = Number(estimate ? estimate.seconds : report.seconds) || 0;  // what the pictures span
const complete = ["verified", "counted", "copied"].includes(report.status);

const outcomes = {
  verified: isCopy
    ? ["good", "Verified", "copied, and every row verified"]
    : ["good", "Verified", report.databases ? "both servers hold the same rows" : "both databases hold the same rows"],
  counted: ["careful", "Row counts agree", isCopy ? "copied; the numbers of rows agree" : "the numbers of rows agree"],
  copied: ["careful", "Not verified", "copied; nothing was compared"],
  planned: ["good", "Planned", report.sync ? "what a sync would write" : "what a copy would do"],
  estimated: estimate ? [...fit(), `about ${seconds(estimate.seconds).replaceAll(" ", "\u00a0")} ${estimate.archive ? "to write the archive" : "of downtime"}`] : null,
  abandoned: ["careful", "Given up", "the copy can't be resumed any more"],
  refused: ["bad", "Refused", "nothing was touched"],
  failed: ["bad", "Failed", "it failed before the target was touched"],
  incomplete: ["bad", "Incomplete", "it stopped half-way, and the target is not a copy"],
  mismatch: ["bad", "Different", "source and target differ"],
  switched: ["good", "Switched over", "the source refuses writes, and the application goes on with the target"],
  rehearsed: ["good", "Rehearsed", "nothing was decided, and the source is open"],
  given_up: ["bad", "Given up", "nothing was decided, and the source is open"],
  interrupted: ["bad", "Interrupted", "it was interrupted; don't use the target as a copy"],
};
/// Of a switchover, by whether it had decided: then the application is on the target already.
const moved = report.switchover && ["decided", "switched"].includes(report.switchover.state);
const switchoverOutcomes = moved ? {
  incomplete: ["bad", "Incomplete", "the source refuses writes, and something is left to do"],
  interrupted: ["bad", "Interrupted", "the source refuses writes, and something is left to do"],
  mismatch: ["bad", "Different", "switched over, but source and target differed"],
} : {
  interrupted: ["careful", "Interrupted", "nothing was decided, and the source is open"],
  mismatch: ["bad", "Different", "source and target differ; nothing was decided, and the source is open"],
};
/// Of a live copy, which has no end of its own.
const liveOutcomes = {
  copying: ["careful", "Copying", "its rows are being copied, or that was interrupted"],
  catching_up: ["careful", "Catching up", "the target is behind the source"],
  following: ["good", "Following", "the target follows the source"],
  stopped: ["careful", "Stopped", "the target does not follow any more, and the source keeps its changes"],
  broken: ["bad", "Broken", "an error stopped the live copy, and the source keeps its changes"],
};
const outcome = (live && liveOutcomes[live.state]) || (report.switchover && switchoverOutcomes[report.status]) || outcomes[report.status] || ["careful", safe(report.status || "unknown"), "a run of pghaul"];
const stoppedOnRequest = live && live.state === "stopped";  // which is no trouble
/// What was left out takes something from every word of success.
const [tone, badge, headline] = complete && leftOut.length
  ? ["careful", `${outcome[1]}, partial`, `${outcome[2]}, but for ${counted(leftOut.length, "object", "objects")} left out`]
  : outcome;

/// Whether it fits the window that was asked for.
function fit() {
  const window = (estimate.sync && estimate.sync.window) || estimate.window;
  if (!window) return ["good", "Estimated"];
  const length = seconds(window.seconds);
  if (window.fits) return ["good", `Fits into ${length}`];
  return window.likely ? ["careful", `Should fit into ${length}`] : ["bad", `Does not fit into ${length}`];
}

function liveSteps() {
  const keeps = "Until then the source keeps its WAL, which may fill its disk: pghaul abandon SOURCE TARGET gives the live copy up.";
  switch (live.state) {
    case "copying":
      return ["If that was interrupted, pghaul copy --follow --resume SOURCE TARGET continues it.", keeps];
    case "stopped":
      return ["To go on where it stopped, run pghaul copy --follow --resume SOURCE TARGET.", keeps];
    case "broken":
      return ["When the cause is removed, pghaul copy --follow --resume SOURCE TARGET goes on with the very change that stopped it.",
        keeps];
    default:
      return ["To end it, stop the writers, wait until the target has everything, and set the sequences: docs/follow.md."];
  }
}

function switchoverSteps() {
  const different = report.status === "mismatch";
  const compare = "pghaul verify --live SOURCE TARGET compares again, and names what differs; the live copy goes on.";
  if (!moved) return different ? [compare] : [];
  if (different) {
    return ["The application writes to the target already. The rows named below are not what the source holds.",
      "The source refuses writes, and holds its rows as they were: mend the target's from there.",
      "pghaul switchover --back SOURCE TARGET leads back; it carries what the application has written since, and mends nothing."];
  }
  return report.status === "switched" ? []
    : ["Run the same command again: it completes what is left. The target has everything that the source had."];
}

function whatNext() {
  const steps = [];
  const refusals = findings.filter((finding) => finding.severity === "refusal");
  for (const finding of refusals) if (finding.hint) steps.push(safe(finding.hint));
  if (report.error && report.error.hint && !refusals.length && !stoppedOnRequest) steps.push(safe(report.error.hint));
  if (live) return [...steps, ...liveSteps()];
  if (report.switchover) return [...steps, ...switchoverSteps()];
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
      else if (leftOut.length) steps.push("No difference was found in what was compared; below is what was left out.");
      else steps.push("Nothing is to be done: no difference was found.");
      break;
    case "counted":
    case "copied":
      steps.push("Contents were not compared. Before writes are let in, pghaul verify SOURCE TARGET compares every row.");
      if (isCopy) goOn();
      break;
    case "planned":
      steps.push(`Stop writes to the source, run pghaul ${report.sync ? "sync --confirm NAME" : "copy"} SOURCE TARGET, and let writes in again, to the target.`);
      break;
    case "estimated":
      if (estimate && !estimate.measured) steps.push("Name a TARGET: then pghaul estimate measures a sample on both servers.");
      if (list(estimate && estimate.variants).length) steps.push("See below what would make it shorter.");
      steps.push("Rehearse: pghaul copy into a database of another name, while the application runs.");
      steps.push("Stop writes to the source, run pghaul copy SOURCE TARGET, and let writes in again, to the target.");
      break;
    case "abandoned":
      if (report.abandoned && report.abandoned.was_following) break;
      steps.push("The target keeps what had arrived, without any promise. pghaul copy --confirm NAME replaces it.");
      break;
    case "mismatch":
      steps.push("Don't let the application use the target before you know where the differences come from.");
      steps.push("Was either database written to, or altered, meanwhile? pghaul verify SOURCE TARGET compares again, and changes nothing.");
      break;
    case "incomplete":
    case "interrupted":
      steps.push("Don't use the target: it is not a copy. The source was only read, and is as it was.");
      steps.push("When the cause is removed, the same command with --resume continues where it stopped; pghaul abandon TARGET gives the copy up.");
      break;
    case "refused":
    case "failed":
      steps.push("The target is as it was. When the cause is removed, run the same command again.");
      break;
  }
  return steps;
}

