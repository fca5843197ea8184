"use strict";
// Draws a report (docs/report.md). Whatever comes from a database is set as text, never parsed as markup.

const report = JSON.parse(document.getElementById("report").textContent);

// ---------------------------------------------------------------- elements

function element(make, name, attributes, children) {
  const node = make(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "style") Object.assign(node.style, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}
const html = (name, attributes, ...children) =>
  element((tag) => document.createElement(tag), name, attributes, children);
const svg = (name, attributes, ...children) =>
  element((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag), name, attributes, children);

/// What could hide, reorder or break text is shown by its number.
function safe(text) {
  return String(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => "\\u" + character.codePointAt(0).toString(16).padStart(4, "0"));
}
const name = (text) => html("span", { class: "name" }, safe(text));

function icon(kind) {
  const paths = {
    good: "M4 10.5l4 4 8-9",
    careful: "M10 4v7.5M10 15.2v.3",
    bad: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  };
  return svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" },
    svg("path", { d: paths[kind], fill: "none", stroke: "currentColor", "stroke-width": 2.4, "stroke-linecap": "round",
      "stroke-linejoin": "round" }));
}

