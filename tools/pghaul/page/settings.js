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
  const options = Object.entries(report.settings || {}).filter(([, value]) => value !== "");
  const ends = [["Source", report.source], ["Target", report.target]].filter(([, end]) => end);
  const keys = [...new Set(ends.flatMap(([, end]) => Object.keys(end.settings || {})))].sort();
  const differs = (key) => ends.length === 2 && new Set(ends.map(([, end]) => (end.settings || {})[key])).size > 1;
  const box = card("Settings and versions");
  box.append(facts([["pghaul", safe(report.pghaul || "?")],
    ...ends.map(([title, end]) => [title, `PostgreSQL ${safe(end.server_version)}, ${bytes(end.bytes)} on disk`]),
    ...options.map(([key, value]) => [safe(key), safe(value)])]));
  if (keys.length) {
    const caption = "Settings of the servers; in bold where they differ";
    box.append(html("p", { class: "caption", "aria-hidden": "true" }, caption),
      html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, html("table", { "aria-label": caption },
        html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Setting"),
          ends.map(([title]) => html("th", { scope: "col", class: "number" }, title)))),
        html("tbody", {}, keys.map((key) => html("tr", { class: differs(key) ? "differs" : null }, html("td", {}, html("code", {}, safe(key))),
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

