// What was said, with the words of the hits marked: around the hits, or all of it.

const AROUND = 14;
const SHORT = 160;

/** All words of a call: {text, at, end, turn, side, hits: [numbers], loose: [numbers]}; loose ones only name single words. */
function wordsOf(call) {
  const words = [];
  call.said.forEach(([start, end, side, text, starts], turn) => {
    const parts = text.split(" ");
    const exact = starts && starts.length === parts.length;
    const at = (place) => (place === parts.length ? end : exact ? starts[place] : start + (end - start) * place / parts.length);
    parts.forEach((part, place) => words.push({ text: part, at: at(place), end: at(place + 1), hits: [], loose: [], turn, side }));
  });
  call.hits.forEach((hit, number) => {
    if (addsNothing(call.hits, number)) return;
    const named = hit[HEARD].split(" ");
    const loose = named.includes("…") || named.includes("...");  // what was heard leaves words out
    for (const word of words) {
      const middle = (word.at + word.end) / 2;
      if (middle < hit[START] || middle > hit[END]) continue;
      if (!loose) word.hits.push(number);
      else if (named.includes(word.text)) word.loose.push(number);
    }
  });
  return words;
}

function transcript(call, marks) {
  const words = wordsOf(call);
  if (!words.length) return el("p", { class: "note" }, "Nothing was recognised in this call.");
  const box = el("div", { class: "words" });
  const near = words.length > SHORT ? nearHits(words) : null;
  const draw = (kept) => {
    marks.clear();
    box.replaceChildren(...paragraphs(words, kept, marks));
    if (near) {
      box.append(el("p", { class: "screen-only" }, el("button", {
        type: "button", class: "link", on: { click: () => draw(kept ? null : near) },
      }, kept ? `Show all ${whole(words.length)} words` : "Show only what stands around the hits")));
    }
  };
  draw(near);
  return box;
}

/** The places to show: around every marked word, or the beginning of a call without any. */
function nearHits(words) {
  const kept = new Set();
  words.forEach((word, place) => {
    if (word.hits.length || word.loose.length) for (let one = place - AROUND; one <= place + AROUND; one += 1) kept.add(one);
  });
  if (!kept.size) for (let one = 0; one < 5 * AROUND; one += 1) kept.add(one);
  return kept;
}

/** One paragraph per turn and unbroken stretch; `marks` gets the first mark of each hit. */
function paragraphs(words, kept, marks) {
  const made = [];
  let line = null, run = [], last = null;
  const flush = () => {
    if (!run.length) return;
    const hits = run[0].hits, text = run.map((word) => word.text).join(" ");
    const loose = run.flatMap((word) => word.loose);
    if (hits.length || loose.length) {
      const numbers = hits.length ? el("sup", {}, hits.map((one) => one + 1).join(",")) : null;
      const mark = el("mark", { tabindex: -1, class: hits.length ? null : "loose" }, foreign(text), numbers);
      for (const one of hits.concat(loose)) if (!marks.has(one)) marks.set(one, mark);
      line.append(mark, " ");
    } else {
      line.append(foreign(text), " ");
    }
    run = [];
  };
  const kind = (word) => word.hits.join() || (word.loose.length ? "loose" : "");
  words.forEach((word, place) => {
    if (kept && !kept.has(place)) return;
    const broken = last === null || place !== last + 1;
    if (broken || word.turn !== words[last].turn) {
      flush();
      if (line && broken) line.append(el("span", { class: "gap" }, "…"));
      if (!line || broken || word.side !== words[last].side) {
        const side = SIDES[word.side] || "";
        line = el("p", {}, el("span", { class: "time" }, clock(word.at)), side ? el("span", { class: "side" }, side) : null);
        made.push(line);
      }
    }
    if (run.length && kind(run[0]) !== kind(word)) flush();
    run.push(word);
    last = place;
  });
  flush();
  if (line && last < words.length - 1) line.append(el("span", { class: "gap" }, "…"));
  return made;
}
