// Recall against false alarms per hour, over thresholds. A point is [threshold, count, of, figure, low, high].

const CURVE_HEIGHT = 400;

function showCurve(data) {
  const box = byId("curve-body");
  const scams = data.curves.filter((one) => one.label !== "ordinary");
  const ordinary = data.curves.filter((one) => one.label === "ordinary");
  if (!scams.length || !ordinary.length) {
    box.append(el("p", {}, "The curve needs scam calls and ordinary calls in one run."));
    return;
  }
  const nameOf = (one) => (one.label === "ordinary" ? one.set : `${one.set}, ${one.label} calls`);
  const names = (list) => [...new Set(list.map(nameOf))].map((name) => [name, name]);
  const picked = { level: "danger", scams: nameOf(scams[0]), ordinary: nameOf(ordinary[0]), points: null };
  const drawing = el("figure", { class: "curve-card" });
  const redraw = () => drawCurve(drawing, data, picked, {
    recall: scams.find((one) => one.level === picked.level && nameOf(one) === picked.scams),
    alarms: ordinary.find((one) => one.level === picked.level && one.set === picked.ordinary),
  });
  const pick = (key) => (value) => { picked[key] = value; picked.points = null; redraw(); };
  box.append(el("div", { class: "controls" },
    choice("Level", [["danger", "danger"], ["caution", "caution or more"]], picked.level, pick("level")),
    choice("Caught among", names(scams), picked.scams, pick("scams")),
    choice("False alarms among", names(ordinary), picked.ordinary, pick("ordinary"))), drawing);
  whenNear(drawing, redraw);
}

function drawCurve(drawing, data, picked, { recall, alarms }) {
  const setting = data.settings[picked.level + "_points"];
  const places = recall.points.map((point, place) => ({ threshold: point[0], recall: point, alarms: alarms.points[place] }));
  const current = places.findIndex((place) => place.threshold === setting);
  const plot = curvePlot(places, current, drawing.clientWidth || 900);
  const output = el("output", { id: "curve-reading" });
  const slider = el("input", {
    type: "range", min: 0, max: places.length - 1, value: picked.points === null ? current : picked.points,
    "aria-describedby": "curve-reading", on: { input: () => choose(Number(slider.value)) },
  });
  const choose = (place) => {
    picked.points = place;
    plot.pick(place);
    const text = reading(picked.level, places[place], place === current);
    output.replaceChildren(...text);
    slider.setAttribute("aria-valuetext", output.textContent);
  };
  drawing.replaceChildren(plot.node,
    el("div", { class: "controls screen-only" }, labelled(`Threshold for ${picked.level}, in points`, slider, "wide")),
    el("figcaption", { class: "reading" }, output), curveFigures(places, current));
  choose(Number(slider.value));
}

/** What one threshold does, in a sentence. */
function reading(level, { threshold, recall, alarms }, isSet) {
  return [
    `${level === "danger" ? "Danger" : "Caution"} from `, el("strong", {}, plainNumber(threshold)), ` points${isSet ? " (as it is set)" : ""}: `,
    el("strong", {}, percent(recall[3])), ` caught, ${whole(recall[1])} of ${whole(recall[2])} (${percent(recall[4])} to ${percent(recall[5])}); `,
    el("strong", {}, rateText(alarms[3])), " false alarms an hour, ",
    `${whole(alarms[1])} in ${hoursText(alarms[2])} h (${rateText(alarms[4])} to ${rateText(alarms[5])}).`,
  ];
}

function curveFigures(places, current) {
  const details = el("details", {}, el("summary", {}, "All figures of the curve"));
  details.addEventListener("toggle", () => details.childElementCount > 1 || details.append(plainTable({
    caption: "By threshold, with 95 % intervals",
    rows: places,
    columns: [
      { title: "Points", header: true, number: true, cell: (row) => plainNumber(row.threshold) + (row === places[current] ? " (set)" : "") },
      { title: "Caught", number: true, cell: ({ recall }) => `${whole(recall[1])} of ${whole(recall[2])}` },
      { title: "Share", number: true, cell: ({ recall }) => `${percent(recall[3])} (${percent(recall[4])} to ${percent(recall[5])})` },
      { title: "False alarms", number: true, cell: ({ alarms }) => whole(alarms[1]) },
      { title: "Per hour", number: true, cell: ({ alarms }) => `${rateText(alarms[3])} (${rateText(alarms[4])} to ${rateText(alarms[5])})` },
    ],
  })));
  return details;
}

/** The drawing; the false alarms stand on a square-root scale, which has a zero and still spreads what is rare. */
function curvePlot(places, current, width) {
  const left = 52, right = 20, top = 16, bottom = 46;
  const most = Math.max(0.1, ...places.map((place) => place.alarms[3] || 0)) * 1.05;
  const x = (rate) => left + (width - left - right) * Math.sqrt(Math.min(rate, most) / most);
  const floor = shareFloor(places);
  const y = (share) => top + (CURVE_HEIGHT - top - bottom) * (1 - share) / (1 - floor);
  const at = (place) => [x(place.alarms[3] || 0), y(place.recall[3] || 0)];
  const path = (points) => points.map((point) => point.map((one) => one.toFixed(1)).join(",")).join(" ");
  const band = [...places.map((place) => [at(place)[0], y(place.recall[5])]),
    ...[...places].reverse().map((place) => [at(place)[0], y(place.recall[4])])];
  const cross = svg("g"), ring = svg("circle", { class: "picked", r: 7 });
  const node = svg("svg", { viewBox: `0 0 ${width} ${CURVE_HEIGHT}`, role: "img", "aria-label":
    "Curve: share of calls caught against false alarms per hour, over thresholds. All its figures are in the table below." },
    [0, 1, 2, 3, 4, 5].map((step) => floor + (1 - floor) * step / 5).map((share) => [
      svg("line", { class: share > floor ? "grid" : "axis", x1: left, x2: width - right, y1: y(share), y2: y(share) }),
      svg("text", { x: left - 8, y: y(share) + 4, "text-anchor": "end" }, `${Math.round(share * 100)} %`),
    ]),
    rateTicks(most, x).map((rate) => [
      svg("line", { class: rate ? "grid" : "axis", x1: x(rate), x2: x(rate), y1: top, y2: CURVE_HEIGHT - bottom }),
      svg("text", { x: x(rate), y: CURVE_HEIGHT - bottom + 18, "text-anchor": "middle" }, String(rate)),
    ]),
    svg("text", { x: (left + width - right) / 2, y: CURVE_HEIGHT - 6, "text-anchor": "middle" }, width < 500 ? "false alarms an hour" : "false alarms an hour of ordinary talk (square-root scale)"),
    svg("polygon", { class: "band", points: path(band) }),
    svg("polyline", { class: "line", points: path(places.map(at)) }), cross, ring);
  if (current >= 0) {
    const [cx, cy] = at(places[current]);
    node.append(svg("circle", { class: "now", cx, cy, r: 6 }),
      svg("text", { class: "strong", x: cx + 12, y: cy + 18 }, `set: ${plainNumber(places[current].threshold)} points`));
  }
  return {
    node,
    pick(number) {
      const place = places[number], [cx, cy] = at(place);
      ring.setAttribute("cx", cx);
      ring.setAttribute("cy", cy);
      cross.replaceChildren(
        svg("line", { class: "cross", x1: x(place.alarms[4]), x2: x(place.alarms[5]), y1: cy, y2: cy }),
        svg("line", { class: "cross", x1: cx, x2: cx, y1: y(place.recall[4]), y2: y(place.recall[5]) }));
    },
  };
}

/** Where the axis of shares begins: at zero, or at a round share below everything that is drawn. */
function shareFloor(places) {
  const lowest = Math.min(...places.map((place) => place.recall[4]));
  return [0.9, 0.75, 0.5].find((share) => share < lowest) || 0;
}

/** Round rates from zero to `most` that stand far enough from each other. */
function rateTicks(most, x) {
  const ticks = [0];
  for (const rate of [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]) {
    if (rate <= most && x(rate) - x(ticks[ticks.length - 1]) >= 44) ticks.push(rate);
  }
  return ticks;
}
