// One call, opened: facts, player, timeline, hits, words.

function openCall(call, data) {
  const box = el("div", { class: "call" });
  const marks = new Map();
  const player = call.audio ? audioPlayer(call, data) : null;
  const jump = (number) => {
    if (player) {
      player.playFrom(call.hits[number][START] - 1);
    } else if (marks.has(number)) {
      marks.get(number).scrollIntoView({ block: "center" });
      marks.get(number).focus({ preventScroll: true });
    }
  };
  const drawn = el("div", { class: "timeline" });
  box.append(callFacts(call));
  if (call.damage) box.append(el("p", { class: "notice" }, foreign(call.damage.join(" "))));
  if (player) box.append(player.node);
  box.append(drawn);
  if (call.hits.length || call.before) box.append(hitTable(call, data, jump, Boolean(player)));
  box.append(transcript(call, marks));
  return {
    node: box,
    ready() {  // the width is only known once it stands in the page
      const line = timeline(call, data, Math.max(280, drawn.clientWidth - 32), jump);
      drawn.replaceChildren(line.node);
      if (player) player.onTime = line.playAt;
    },
  };
}

function callFacts(call) {
  const before = call.before;
  const times = (one) => `caution ${one.caution === null ? "never" : clock(one.caution)}, danger ${one.danger === null ? "never" : clock(one.danger)}`;
  const facts = [
    ["Level", [levelText(call.level), ` (${times(call)})`]],
    before ? ["Level before", [levelText(before.level), ` (${times(before)})`]] : null,
    call.campaign ? ["Campaign", foreign(call.campaign)] : null,
    ["Row", foreign(call.place)],
    call.audio ? ["Recording", foreign(decoded(call.audio))] : null,
  ];
  return el("dl", { class: "facts" }, facts.filter(Boolean).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

function decoded(url) {
  try {
    return decodeURIComponent(url);
  } catch (error) {
    return url;  // bytes that are no text
  }
}

/** A player whose sound is only fetched when it is wanted. */
function audioPlayer(call, data) {
  const inside = call.inside ? byId("sound-" + data.calls.indexOf(call)) : null;
  const audio = el("audio", { controls: true, preload: "none", src: inside ? inside.textContent : call.audio, "aria-label": `Recording of ${call.id}` });
  const trouble = el("p", { class: "note", role: "status" });
  const player = {
    node: el("div", {}, audio, trouble),
    onTime: null,
    playFrom(seconds) {
      audio.currentTime = Math.max(0, seconds);
      audio.play().catch(() => {});  // the element says what is wrong by its error event
    },
  };
  audio.addEventListener("timeupdate", () => player.onTime && player.onTime(audio.currentTime));
  audio.addEventListener("error", () => {
    trouble.textContent = `The recording cannot be played: it is not at ${decoded(call.audio)} beside this file, or the browser does not play its kind. A report made with --embed-audio carries it in a kind that all play.`;
  });
  return player;
}

function hitTable(call, data, jump, heard) {
  const key = (hit) => [hit[PHRASE], hit[AT], hit[START], hit[END], hit[POINTS]].join();
  const old = new Set((call.before ? call.before.hits : []).map(key));
  const now = new Set(call.hits.map(key));
  const rows = call.hits.map((hit, number) => ({ hit, number, state: call.before && !old.has(key(hit)) ? "new" : "" }));
  for (const hit of call.before ? call.before.hits : []) if (!now.has(key(hit))) rows.push({ hit, number: null, state: "gone" });
  rows.sort((one, other) => one.hit[AT] - other.hit[AT]);
  const text = (row, content) => (row.state === "gone" ? el("span", { class: "gone" }, content) : content);
  const timeCell = ({ hit, number }) => {
    if (number === null) return clock(hit[START]);
    return el("button", {
      type: "button", class: "link", on: { click: () => jump(number) },
      "aria-label": `${heard ? "Play from" : "Show the words at"} ${clock(hit[START])}, hit ${number + 1}`,
    }, (heard ? "▶\u00a0" : "") + clock(hit[START]));
  };
  const repeats = rows.filter((row) => row.number !== null && !row.state && addsNothing(call.hits, row.number));
  const table = (shown) => plainTable({
    caption: ["Hits", el("span", { class: "note" }, "Added: what the call's points rose by, and why it is not the phrase's own points.")],
    rows: shown,
    columns: [
      { title: "No.", number: true, cell: ({ number }) => (number === null ? "–" : String(number + 1)) },
      { title: "Said at", cell: timeCell },
      call.before ? { title: "Run", cell: ({ state }) => (state ? badge(state === "new" ? "added" : "removed", state) : "both") } : null,
      { title: "Phrase", header: true, cell: (row) => [text(row, foreign(data.phrases[row.hit[PHRASE]][0])), el("span", { class: "interval" }, foreign(data.phrases[row.hit[PHRASE]][1]))] },
      { title: "Heard", cell: (row) => text(row, el("q", { class: "heard" }, foreign(row.hit[HEARD]))) },
      { title: "How", cell: ({ hit }) => HOW[hit[HOW_HEARD]] || hit[HOW_HEARD] },
      { title: "Second listen", number: true, cell: ({ hit }) => (hit[VERIFIED] === null ? "–" : signed(hit[VERIFIED])) },
      { title: "Points", number: true, cell: ({ hit }) => plainNumber(hit[POINTS], 1) },
      { title: "Added", number: true, cell: ({ hit }) => [hit[ADDED] === null ? "–" : signed(hit[ADDED]), hit[WHY] ? el("span", { class: "interval wrap" }, hit[WHY]) : null] },
      { title: "Together", number: true, cell: ({ hit }) => (hit[TOTAL] === null ? "–" : plainNumber(hit[TOTAL], 1)) },
      { title: "Level", cell: ({ hit }) => (hit[LEVEL] ? levelText(hit[LEVEL]) : "–") },
    ].filter(Boolean),
  });
  if (repeats.length < 2) return table(rows);
  const box = el("div", {}, table(rows.filter((row) => !repeats.includes(row))));
  const all = el("p", { class: "note screen-only" }, el("button", {
    type: "button", class: "link", on: { click: () => box.replaceChildren(table(rows)) },
  }, `Show ${whole(repeats.length)} repeated hits that added nothing`));
  box.append(all);
  return box;
}
