"""From measured runs to what is published: medians, ratios, a page of Markdown and the JSON it comes from."""

import json
from statistics import median

REFERENCE = "pghaul"


def summarise(result):
    """Adds to each workload's result the figures that its runs come to; those that failed count for nothing."""
    streamed = streamed_bytes(result)
    for peer in result["peers"]:
        good = [run for run in peer["runs"] if not run["problems"]]
        peer |= {"done": len(good), "right": sum(not run["differences"] for run in good)}
        if not good:
            continue
        seconds = [run["seconds"] for run in good]
        peer |= {"median_seconds": median(seconds), "min_seconds": min(seconds), "max_seconds": max(seconds)}
        for figure in ("client_cpu_seconds", "source_cpu_seconds", "target_cpu_seconds", "wal_bytes", "client_peak_bytes",
                       "others_cpu_seconds"):
            peer[figure] = median(run[figure] for run in good)
        if streamed:
            peer["client_cpu_seconds_per_gb"] = peer["client_cpu_seconds"] / streamed * 1e9
    reference = next((peer for peer in result["peers"] if peer["name"] == REFERENCE), {}).get("median_seconds")
    for peer in result["peers"]:
        if reference and "median_seconds" in peer:
            peer["ratio"] = peer["median_seconds"] / reference
    if floors := result.get("floor"):
        steps = [{"step": runs[0]["step"], **{figure: median(run[figure] for run in runs)
                                              for figure in ("seconds", "cpu_seconds", "wal_bytes")}}
                 for runs in zip(*floors)]
        work = sum(step["cpu_seconds"] for step in steps)
        result["floor"] = {"steps": steps, "cpu_seconds": work, "seconds": work / result["cores"],
                           "serial_seconds": sum(step["seconds"] for step in steps), "runs": floors}
        if reference:
            result["floor"]["ratio"] = reference / result["floor"]["seconds"]
    return result


def streamed_bytes(result):
    """Of COPY data: as the floor's files have it, otherwise as pghaul reports it."""
    reports = [run["report"]["streamed_bytes"] for peer in result["peers"] for run in peer["runs"] if "report" in run]
    return result.get("streamed_bytes") or max(reports, default=0)


def write(path, suite):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(suite, indent=1) + "\n")
    path.with_suffix(".md").write_text(page(suite))


def page(suite):
    machine, cores = suite["machine"], suite["machine"]["cores"]
    lines = [f"# Copies measured on {suite['started'][:10]}: {', '.join(w['title'] for w in suite['workloads'])}", "",
             f"Scale {suite['scale']}, {suite['runs']} runs of each, {'cold' if suite['cold'] else 'warm'}; client and both "
             f"servers on one machine, over {'TCP' if suite['tcp'] else 'sockets'}.", "",
             f"- Machine: {machine['processor']}, {cores} cores, {machine['memory_bytes'] / 1e9:.0f} GB, "
             f"Linux {machine['kernel']}, {machine['filesystem']}",
             *(f"- {name}: {version}" for name, version in suite["versions"].items()),
             "- Settings of both servers: " + ", ".join(f"{name} {value}" for name, value in suite["settings"].items()),
             f"- Command: `{suite['command']}`", "", *overview(suite), ""]
    for workload in suite["workloads"]:
        lines += [*section(workload, cores), ""]
    lines += ["## Commands", ""]
    lines += [f"- **{peer['name']}** — {peer['about']}: `{peer['command']}`" for peer in suite["workloads"][0]["peers"]]
    return "\n".join(lines) + "\n"


def overview(suite):
    """Median seconds, and how many times pghaul's."""
    names = [peer["name"] for peer in suite["workloads"][0]["peers"]]
    lines = [row("workload", *names, "floor"), row("---", *["---:"] * (len(names) + 1))]
    for workload in suite["workloads"]:
        floor = workload.get("floor")
        lines.append(row(workload["title"], *(cell(peer) for peer in workload["peers"]),
                         f"{floor['seconds']:.1f}" + (f" (pghaul {floor['ratio']:.2f}×)" if "ratio" in floor else "")
                         if floor else ""))
    return lines


def cell(peer):
    if "median_seconds" not in peer:
        return "failed"
    ratio = f" ({peer['ratio']:.2f}×)" if "ratio" in peer and peer["name"] != REFERENCE else ""
    return f"{peer['median_seconds']:.1f}{ratio}{mark(peer)}"


def mark(peer):
    """Behind a figure that is not worth what it seems."""
    if peer["right"] < peer["done"]:
        return " (wrong)"
    return " (some failed)" if peer["done"] < len(peer["runs"]) else ""


def section(workload, cores):
    streamed = streamed_bytes(workload)
    lines = [f"## {workload['title']}", "",
             f"{workload['bytes'] / 1e6:,.0f} MB on disk, {streamed / 1e6:,.0f} MB of COPY data, {workload['tables']:,} tables, "
             f"{workload['rows']:,} rows.", "",
             row("peer", "median s", "min–max", "÷ pghaul", "client CPU s", "per GB", "source CPU s", "target CPU s",
                 "cores busy", "WAL MB", "client peak MB", "others' CPU s"),
             row("---", *["---:"] * 11)]
    for peer in workload["peers"]:
        if "median_seconds" not in peer:
            lines.append(row(peer["name"], "failed", *[""] * 10))
            continue
        work = peer["client_cpu_seconds"] + peer["source_cpu_seconds"] + peer["target_cpu_seconds"]
        lines.append(row(
            peer["name"] + mark(peer),
            f"{peer['median_seconds']:.2f}", f"{peer['min_seconds']:.2f}–{peer['max_seconds']:.2f}",
            f"{peer['ratio']:.2f}" if "ratio" in peer else "",
            f"{peer['client_cpu_seconds']:.2f}",
            f"{peer['client_cpu_seconds_per_gb']:.2f}" if "client_cpu_seconds_per_gb" in peer else "",
            f"{peer['source_cpu_seconds']:.2f}", f"{peer['target_cpu_seconds']:.2f}",
            f"{100 * work / cores / peer['median_seconds']:.0f} %", f"{peer['wal_bytes'] / 1e6:,.0f}",
            f"{peer['client_peak_bytes'] / 1e6:,.0f}", f"{peer['others_cpu_seconds']:.1f}"))
    if floor := workload.get("floor"):
        lines += ["", f"Floor: {floor['cpu_seconds']:.2f} core-seconds ("
                  + ", ".join(f"{step['step']} {step['cpu_seconds']:.2f}" for step in floor["steps"])
                  + f") on {cores} cores: **{floor['seconds']:.2f} s**; one after the other they took "
                  f"{floor['serial_seconds']:.2f} s." + (f" pghaul ÷ floor: **{floor['ratio']:.2f}**." if "ratio" in floor else "")]
    for peer in workload["peers"]:
        lines += wrong(peer) + phases(peer)
    return lines


def phases(peer):
    """Of the run in the middle, by pghaul's own report."""
    reported = sorted((run for run in peer["runs"] if run.get("report", {}).get("phases") and not run["problems"]),
                      key=lambda run: run["seconds"])
    if not reported:
        return []
    report = reported[len(reported) // 2]["report"]
    spans = ", ".join(f"{phase['name']} {phase['start']:.2f}–{phase['start'] + phase['seconds']:.2f}"
                      for phase in report["phases"])
    own = report.get("resources", {})
    return ["", f"Phases of {peer['name']}: {spans}. The process itself: {own.get('cpu_seconds', 0):.2f} core-seconds, "
            f"{own.get('max_rss_bytes', 0) / 1e6:.0f} MB, {own.get('jobs', 0)} jobs."]


def wrong(peer):
    problems = [problem for run in peer["runs"] for problem in run["problems"] + run["differences"]]
    return ["", f"{peer['name']}: " + "; ".join(list(dict.fromkeys(problems))[:6])] if problems else []


def row(*cells):
    return "| " + " | ".join(cells) + " |"
