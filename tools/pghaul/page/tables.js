// ---------------------------------------------------------------- tables of any length

const kPageRows = 15;

/// columns: title, value(row) to sort by, show(row) to display, number (aligned right), search (part of the filter).
function sortableTable({ rows, columns, caption, sort, filter }) {
  const body = html("tbody");
  const headers = columns.map((column, at) => {
    const header = html("th", { scope: "col", class: column.number ? "number" : null });
    header.append(rows.length > 1
      ? html("button", { type: "button", onclick: () => sortBy(at) }, column.title)
      : document.createTextNode(column.title));
    return header;
  });
  const where = html("span", { class: "where", role: "status", "aria-live": "polite" });
  const button = (text, label, go) => html("button", { type: "button", "aria-label": label, onclick: go }, text);
  const buttons = [button("«", "First page", () => show(0)), button("‹", "Previous page", () => show(page - 1)),
    button("›", "Next page", () => show(page + 1)), button("»", "Last page", () => show(Infinity))];
  let order = { column: -1, down: false };
  let wanted = "";
  let shown = rows;
  let page = 0;

  function sortBy(at, down) {
    const column = columns[at];
    order = { column: at, down: down !== undefined ? down : order.column === at ? !order.down : Boolean(column.number) };
    headers.forEach((header, i) => {
      if (i === at) header.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else header.removeAttribute("aria-sort");
    });
    choose();
  }

  function choose() {
    shown = wanted
      ? rows.filter((row) => columns.some((column) => column.search && String(column.value(row)).toLowerCase().includes(wanted)))
      : rows.slice();
    if (order.column >= 0) {
      const value = columns[order.column].value;
      const sign = order.down ? -1 : 1;
      shown.sort((a, b) => {
        const [one, other] = [value(a), value(b)];
        return sign * (typeof one === "number" ? one - other : String(one).localeCompare(String(other), "en"));
      });
    }
    show(0);
  }

  function show(wantedPage) {
    const pages = Math.max(1, Math.ceil(shown.length / kPageRows));
    page = Math.min(Math.max(0, wantedPage), pages - 1);
    const first = page * kPageRows;
    const rowsNow = shown.slice(first, first + kPageRows);
    body.replaceChildren(...rowsNow.map((row) => html("tr", {}, columns.map((column) =>
      html("td", { class: column.number ? "number" : null }, column.show(row))))));
    where.textContent = shown.length
      ? `${count(first + 1)}–${count(first + rowsNow.length)} of ${count(shown.length)}`
      : "nothing matches";
    buttons[0].disabled = buttons[1].disabled = page === 0;
    buttons[2].disabled = buttons[3].disabled = page === pages - 1;
  }

  const pager = html("div", { class: "pager" }, where);
  if (filter && rows.length > kPageRows) {
    pager.append(html("label", {}, `${filter} `, html("input", { type: "search", size: 14, oninput: (event) => {
      wanted = event.target.value.trim().toLowerCase();
      choose();
    } })));
  }
  pager.append(...buttons);
  if (sort) sortBy(sort.column, sort.down);
  else choose();
  return html("div", {},
    html("p", { class: "caption", "aria-hidden": "true" }, caption),
    html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
      html("table", { "aria-label": caption }, html("thead", {}, html("tr", {}, headers)), body)),
    rows.length > kPageRows ? pager : null);
}

function share(value, most) {
  return html("span", { class: "share", "aria-hidden": "true" },
    html("i", { style: { width: most > 0 ? `${(100 * value) / most}%` : "0" } }));
}

function tablesSection() {
  if (!tables.length) return null;
  const most = largest(tables, (table) => table.seconds);
  const columns = [
    { title: "Table", search: true, value: (table) => `${table.schema}.${table.name}`,
      show: (table) => [name(`${table.schema}.${table.name}`),
        table.reason ? html("span", { class: "why" }, `as text: ${safe(table.reason)}`) : null] },
    { title: isPlan ? "Rows, about" : "Rows", number: true, value: (table) => table.rows || 0, show: (table) => count(table.rows) },
    { title: isPlan ? "On disk" : "Bytes", number: true, value: (table) => table.bytes || 0, show: (table) => bytes(table.bytes) },
    { title: isPlan ? "Predicted" : "Work", number: true, value: (table) => table.seconds || 0,
      show: (table) => [share(table.seconds || 0, most), seconds(table.seconds || 0)] },
    { title: "Format", value: (table) => table.format, show: (table) => safe(table.format) },
    { title: "Parts", number: true, value: (table) => table.chunks || 1, show: (table) => count(table.chunks || 1) },
  ];
  if (!isPlan) {
    columns.push({ title: "Verified", value: (table) => (table.verified ? 1 : 0),
      show: (table) => (table.verified ? html("span", { class: "good" }, "yes") : html("span", { class: "careful" }, "no")) });
  }
  return card("Tables", sortableTable({
    caption: isPlan ? "What each table's rows would take, the costliest first"
      : "The costliest first: seconds of work to copy the rows, added up over a table's parts",
    rows: tables, columns, sort: { column: 3, down: true }, filter: "Find",
  }));
}

function indexesSection() {
  if (!indexes.length) return null;
  const most = largest(indexes, (index) => index.seconds);
  return card("Indexes", sortableTable({
    caption: "The costliest first: seconds to build each",
    rows: indexes,
    columns: [
      { title: "Index", search: true, value: (index) => `${index.schema}.${index.name}`,
        show: (index) => name(`${index.schema}.${index.name}`) },
      { title: "Table", search: true, value: (index) => index.table, show: (index) => name(index.table) },
      { title: "On disk", number: true, value: (index) => index.bytes || 0, show: (index) => bytes(index.bytes) },
      { title: "To build", number: true, value: (index) => index.seconds || 0,
        show: (index) => [share(index.seconds || 0, most), seconds(index.seconds || 0)] },
    ],
    sort: { column: 3, down: true }, filter: "Find",
  }));
}

