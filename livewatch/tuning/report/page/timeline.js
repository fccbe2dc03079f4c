// A call over time: its points as steps in the colour of the level, the thresholds, and a numbered mark for each hit.

// A hit as it stands in the data.
const PHRASE = 0, AT = 1, START = 2, END = 3, HEARD = 4, POINTS = 5, HOW_HEARD = 6, VERIFIED = 7, ADDED = 8, TOTAL = 9, LEVEL = 10, WHY = 11;

const TIMELINE = { height: 190, left: 40, right: 16, bottom: 34, lane: 18, mark: 9 };

function timeline(call, data, width, jump) {
  const { caution_points: caution, danger_points: danger } = data.settings;
  const before = call.before ? call.before.hits : [];
  const highest = Math.max(danger * 1.5, ...call.hits.concat(before).map((hit) => hit[TOTAL] || 0));
  const length = Math.max(call.length, 1);
  const x = (seconds) => TIMELINE.left + (width - TIMELINE.left - TIMELINE.right) * Math.min(seconds / length, 1);
  const quiet = call.hits.map((hit, number) => addsNothing(call.hits, number));
  const lanes = inLanes(call.hits.map((hit) => x(hit[AT])), quiet);
  const top = 8 + TIMELINE.lane * Math.max(1, ...lanes.map((lane) => lane + 1));
  const height = TIMELINE.height + top;
  const floor = height - TIMELINE.bottom;
  const y = (points) => floor - (floor - top) * shareOfHeight(points, danger, highest);
  const playhead = svg("line", { class: "playhead", y1: top, y2: floor, visibility: "hidden" });
  const marks = call.hits.map((hit, number) =>
    hitMark(hit, number, { x, y, floor, quiet: quiet[number], laneY: top - 10 - lanes[number] * TIMELINE.lane, data, jump }));
  const node = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": spokenTimeline(call) },
    steps(call.hits, length).map(({ from, to, total, level }) =>
      svg("rect", { class: "step-" + level, x: x(from), width: Math.max(0, x(to) - x(from)), y: y(total), height: Math.max(0, floor - y(total)) })),
    [[caution, "caution"], [danger, "danger"]].map(([points, name]) => [
      svg("line", { class: "threshold", x1: TIMELINE.left, x2: width - TIMELINE.right, y1: y(points), y2: y(points) }),
      svg("text", { class: "threshold-name", x: TIMELINE.left + 6, y: y(points) - 5 }, name),
      svg("text", { x: TIMELINE.left - 6, y: y(points) + 4, "text-anchor": "end" }, plainNumber(points)),
    ]),
    svg("text", { x: TIMELINE.left - 6, y: y(highest) + 4, "text-anchor": "end" }, plainNumber(highest, 0)),
    svg("line", { class: "axis", x1: TIMELINE.left, x2: width - TIMELINE.right, y1: floor, y2: floor }),
    timeTicks(length, width).map((seconds) => svg("text", { x: x(seconds), y: height - 8, "text-anchor": "middle" }, clock(seconds))),
    before.length ? svg("path", { class: "steps-before", d: stepPath(before, length, x, y) }) : null,
    svg("path", { class: "steps", d: stepPath(call.hits, length, x, y) }), marks, playhead);
  return {
    node,
    playAt(seconds) {
      playhead.removeAttribute("visibility");
      playhead.setAttribute("x1", x(seconds));
      playhead.setAttribute("x2", x(seconds));
      marks.forEach((mark, number) => mark.classList.toggle("playing",
        call.hits[number][START] <= seconds && seconds < call.hits[number][END] + 0.5));
    },
  };
}

/** Most of the height is for points up to danger: what lies above it changes nothing any more. */
function shareOfHeight(points, danger, highest) {
  if (points <= danger) return 0.65 * Math.max(0, points) / danger;
  return 0.65 + 0.35 * (points - danger) / (highest - danger);
}

function hitMark(hit, number, { x, y, floor, quiet, laneY, data, jump }) {
  const at = x(hit[AT]), level = y(hit[TOTAL] || 0);
  const name = svg("title", {}, `${clock(hit[START])} ${data.phrases[hit[PHRASE]][0]}: “${hit[HEARD]}”`);
  const act = { class: "hit", on: { click: () => jump(number) } };
  if (quiet) return svg("g", act, name, svg("circle", { cx: at, cy: level, r: 3 }));
  return svg("g", act, name,
    svg("line", { class: "grid", x1: at, x2: at, y1: laneY + TIMELINE.mark, y2: level }),
    svg("line", { class: "hit-span", x1: x(hit[START]), x2: Math.max(x(hit[END]), x(hit[START]) + 2), y1: floor + 4, y2: floor + 4 }),
    svg("circle", { cx: at, cy: laneY, r: TIMELINE.mark }),
    svg("text", { x: at, y: laneY + 4 }, number + 1));
}

/** Whether a hit only says again what the call has heard: its phrase was heard before, and nothing was added. */
function addsNothing(hits, number) {
  const hit = hits[number];
  return Math.abs(hit[ADDED] || 0) < 0.05 && hits.slice(0, number).some((one) => one[PHRASE] === hit[PHRASE]);
}

/** The call's points between hits: {from, to, total, level}; before the first hit there are none. */
function steps(hits, length) {
  const known = hits.filter((hit) => hit[TOTAL] !== null);
  return known.map((hit, place) => ({
    from: hit[AT],
    to: place + 1 < known.length ? known[place + 1][AT] : length,
    total: hit[TOTAL],
    level: hit[LEVEL],
  }));
}

function stepPath(hits, length, x, y) {
  let path = `M${x(0)},${y(0)}`;
  for (const { from, to, total } of steps(hits, length)) path += `H${x(from).toFixed(1)}V${y(total).toFixed(1)}H${x(to).toFixed(1)}`;
  return path + `H${x(length)}`;
}

/** A lane for each mark, so that none covers the one before it; after eight they may. */
function inLanes(positions, leftOut) {
  const ends = [];
  return positions.map((position, number) => {
    if (leftOut[number]) return 0;
    let lane = ends.findIndex((end) => position - end >= 2 * TIMELINE.mark + 2);
    if (lane < 0) lane = ends.length < 8 ? ends.length : 0;
    ends[lane] = position;
    return lane;
  });
}

function timeTicks(length, width) {
  const most = Math.max(2, Math.floor(width / 90));
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200].find((one) => length / one <= most) || 14400;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, place) => place * step);
}

function spokenTimeline(call) {
  const first = (level) => (call[level] === null ? `never ${level}` : `${level} at ${clock(call[level])}`);
  return `Timeline of ${clock(call.length)}: ${first("caution")}, ${first("danger")}, ${call.hits.length} hits, listed below.`;
}
