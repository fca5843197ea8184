// ---------------------------------------------------------------- quantities

const count = (value) => Math.round(value || 0).toLocaleString("en-US");
const counted = (value, one, many) => `${count(value)} ${Number(value) === 1 ? one : many}`;

function digits(value) {
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  let left = Math.max(0, value || 0);
  if (left < 1000) return `${left.toFixed(0)} B`;
  while (left >= 999.5 && unit + 1 < units.length) {
    left /= 1000;
    ++unit;
  }
  return `${digits(left)} ${units[unit]}`;
}

function seconds(value) {
  if (value < 0.0005) return "0 s";
  if (value < 0.0995) return `${(value * 1000).toFixed(0)} ms`;
  if (value < 9.995) return `${value.toFixed(2)} s`;
  if (value < 119.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/// For axes: "0:42", "1:03:20", and "0.25" where a second is wide.
function clock(value, step) {
  if (step < 1) return `${value.toFixed(step < 0.1 ? 2 : 1)} s`;
  const whole = Math.round(value);
  const two = (part) => String(part).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function percent(part, whole) {
  if (!whole) return "0 %";
  const share = (100 * part) / whole;
  return share > 0 && share < 1 ? "< 1 %" : `${Math.round(share)} %`;
}

const sum = (list, of) => list.reduce((all, one) => all + (of(one) || 0), 0);
const largest = (list, of) => list.reduce((most, one) => Math.max(most, of(one) || 0), 0);
const list = (value) => (Array.isArray(value) ? value : []);

