// The figures of `evaluate --json` as cells. They are told by their shape, so that new ones show up by themselves.

function isShare(value) {
  return isObject(value) && "share" in value && "of" in value;
}

function isRate(value) {
  return isObject(value) && "rate" in value && "hours" in value;
}

function isTimes(value) {
  return isObject(value) && "median_s" in value && "alerted" in value;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The columns of `entries`: [key, getter]; objects that are no figure are opened into theirs. */
function columnsOf(entries) {
  const columns = new Map();
  const open = (value, prefix, get) => {
    for (const key of Object.keys(value)) {
      const name = prefix + key;
      const inner = (entry) => { const outer = get(entry); return isObject(outer) ? outer[key] : undefined; };
      const one = value[key];
      if (isObject(one) && !isShare(one) && !isRate(one) && !isTimes(one)) open(one, name + ".", inner);
      else if (!columns.has(name)) columns.set(name, inner);
    }
  };
  for (const entry of entries) open(entry, "", (whole) => whole);
  return [...columns].map(([key, get]) => ({ key, get }));
}

/** What a figure is sorted by; null comes last. */
function sortValue(value) {
  if (value === undefined || value === null) return null;
  if (isShare(value)) return value.share;
  if (isRate(value)) return value.rate;
  if (isTimes(value)) return value.median_s;
  if (Array.isArray(value)) return value.length;
  return value;
}

function isFigure(value) {
  return typeof value === "number" || Array.isArray(value) || isShare(value) || isRate(value) || isTimes(value);
}

/** A figure as the content of a cell. `drawn` adds the bar of its interval; rates are drawn up to `most` an hour. */
function figure(value, drawn, most) {
  if (value === undefined || value === null) return [el("span", { class: "none" }, "–")];
  if (isShare(value)) return shareCell(value, drawn);
  if (isRate(value)) return rateCell(value, drawn, most);
  if (isTimes(value)) return timesCell(value);
  if (typeof value === "number") return [plainNumber(value, 3)];
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  if (Array.isArray(value)) return listCell(value);
  return [foreign(String(value))];
}

const callIds = new Set();  // filled in by start

/** How many there are; pressed, it names them, and calls lead to themselves. */
function listCell(values) {
  if (!values.length) return ["0"];
  const named = (value) => {
    const name = foreign(isObject(value) ? JSON.stringify(value) : String(value));
    return callIds.has(value) ? el("a", { href: "#call=" + encodeURIComponent(value) }, name) : name;
  };
  return [el("details", { class: "names" }, el("summary", {}, whole(values.length)), values.map((value) => el("p", {}, named(value))))];
}

function shareCell(value, drawn) {
  if (!value.of) return [el("span", { class: "none" }, "no calls")];
  return [
    el("span", { class: "figure" }, percent(value.share)),
    drawn ? whisker(value.share, value.low, value.high) : null,
    el("span", { class: "interval" }, `${percent(value.low)} to ${percent(value.high)}`),
    el("span", { class: "interval" }, `${plainNumber(value.count, 1)} of ${whole(value.of)}`),
  ];
}

function rateCell(value, drawn, most) {
  if (!value.hours) return [el("span", { class: "none" }, "no hours")];
  return [
    el("span", { class: "figure" }, rateText(value.rate)),
    drawn && most ? whisker(value.rate / most, value.low / most, Math.min(1, value.high / most)) : null,
    el("span", { class: "interval" }, `${rateText(value.low)} to ${rateText(value.high)}`),
    drawn ? el("span", { class: "interval" }, `${whole(value.count)} in ${hoursText(value.hours)} h`) : null,
  ];
}

function timesCell(value) {
  if (!value.alerted) return [el("span", { class: "none" }, `never, in ${whole(value.of)} calls`)];
  return [
    el("span", { class: "figure" }, secondsText(value.median_s)),
    el("span", { class: "interval" }, `95 % within ${secondsText(value.p95_s)}`),
    el("span", { class: "interval" }, `${whole(value.alerted)} of ${whole(value.of)} calls alerted`),
    el("span", { class: "interval" }, `with the others: ${secondsText(value.median_all_s)}, ${secondsText(value.p95_all_s)}`),
  ];
}

/** A dot with its interval on a rail from 0 to 1. */
function whisker(at, low, high) {
  const x = (share) => 4 + 112 * share;
  return svg("svg", { class: "whisker", viewBox: "0 0 120 9", "aria-hidden": "true" },
    svg("line", { class: "rail", x1: x(0), x2: x(1), y1: 4.5, y2: 4.5 }),
    svg("line", { class: "span", x1: x(low), x2: x(high), y1: 4.5, y2: 4.5 }),
    svg("circle", { class: "dot", cx: x(at), cy: 4.5, r: 3.5 }));
}
