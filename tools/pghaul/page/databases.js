// ---------------------------------------------------------------- all databases of a server

const databases = list(report.databases).map((one) => ({ ...one, report: one.report || {} }));

/// A word for how it ended, with its tone.
function stateOf(database) {
  const [tone, word] = outcomes[database.report.status] || ["careful", safe(database.report.status || "not begun")];
  return database.report.partial && tone === "good" ? ["careful", `${word}, partial`] : [tone, word];
}

function databasesSection() {
  if (!report.databases) return null;
  const sumOf = (one, member) => sum(list(one.report.tables), (table) => table[member]);
  const takes = (one) => Number(isPlan ? one.report.predicted_seconds : one.report.seconds) || 0;
  const compared = (one) => {
    const all = list(one.report.tables);
    const verified = all.filter((table) => table.verified).length;
    return isPlan ? "" : `${count(verified)} of ${counted(all.length, "table", "tables")}`;
  };
  return card("Databases", sortableTable({
    caption: `${counted(databases.length, "database", "databases")}, in the order in which they began`,
    rows: databases,
    filter: "Find a database",
    columns: [
      { title: "Database", value: (one) => one.name, show: (one) => name(one.name), search: true },
      { title: "State", value: (one) => stateOf(one)[1], show: (one) => html("b", { class: stateOf(one)[0] }, stateOf(one)[1]),
        search: true },
      { title: "On disk", number: true, value: (one) => Number((one.report.source || {}).bytes) || 0,
        show: (one) => bytes(Number((one.report.source || {}).bytes) || 0) },
      { title: "Rows", number: true, value: (one) => sumOf(one, "rows"), show: (one) => count(sumOf(one, "rows")) },
      { title: isPlan ? "Forecast" : "Time", number: true, value: takes, show: (one) => seconds(takes(one)) },
      { title: "Verified", value: compared, show: compared },
    ],
  }), troublesOfDatabases());
}

/// What each of them names: why it failed, what stands in its way, what differs, what was left out.
function troublesOfDatabases() {
  return databases.map((one) => {
    const said = [];
    if (one.report.error) said.push(["bad", "Error", one.report.error.message, one.report.error.hint]);
    for (const finding of list(one.report.findings)) {
      const refusal = finding.severity === "refusal";
      if (refusal && one.report.error) continue;  // its error names them
      said.push([refusal ? "bad" : "careful", refusal ? "Refusal" : "Warning", finding.message, finding.hint]);
    }
    for (const different of list((one.report.verification || {}).mismatches)) {
      said.push(["bad", "Different", `${different.object}: ${different.message}`]);
    }
    for (const left of list(one.report.left_out)) said.push(["careful", "Left out", `${left.object}: ${left.reason}`]);
    if (!said.length) return null;
    return html("details", { open: said.some(([tone]) => tone === "bad") || null },
      html("summary", {}, name(one.name), `: ${counted(said.length, "remark", "remarks")}`),
      html("ul", { class: "list" }, said.map(([tone, kind, message, hint]) => html("li", {},
        html("b", { class: tone }, kind), " ", safe(message), hint ? html("span", { class: "why" }, safe(hint)) : null))));
  }).filter(Boolean);
}
