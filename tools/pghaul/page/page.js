// ---------------------------------------------------------------- the page

function main() {
  document.title = `${report.databases ? "All databases" : safe((report.source || report.target || {}).database || "pghaul")}: ${headline}`;
  document.getElementById("head").append(...head());
  const beside = (...cards) => {
    const all = cards.flat().filter(Boolean);
    return all.length > 1 ? html("div", { class: "pair" }, all) : all;
  };
  const above = (...cards) => {
    const all = cards.filter(Boolean);
    return all.length > 1 ? html("div", { class: "stack" }, all) : all;
  };
  const different = report.status === "mismatch";
  const parts = estimate ? [
    trouble(),
    beside(estimateHero(), above(nextSteps(), milestonesSection(estimate.milestones))),
    syncForecastSection(),
    estimateTimeline(),
    variantsSection(),
    criticalSection(),
    beside(jobsSection(), basisSection()),
    findingsSection(),
    leftOutSection(),
    settingsSection(),
  ] : [
    trouble(),
    beside(downtime(), above(nextSteps(), milestonesSection(report.milestones))),
    databasesSection(),
    liveSection(),
    switchoverSection(),
    resumedSection(),
    abandonedSection(),
    different ? verificationSection() : null,
    syncSection(),
    timelineSection(),
    throughputSection(),
    suggestions(),
    tablesSection(),
    indexesSection(),
    findingsSection(),
    leftOut.length ? [leftOutSection(), different ? null : verificationSection()]
      : beside(different ? null : verificationSection(), leftOutSection()),
    settingsSection(),
    resourcesSection(),
  ];
  document.getElementById("main").append(...parts.flat(Infinity).filter(Boolean));
  for (const draw of drawings) draw();
  document.getElementById("foot").append(
    `Written by pghaul ${safe(report.pghaul || "")}. One self-contained page: it loads nothing, and holds no passwords.`);
}

main();
