// The head of the page, the summary tables, and what is to be said about the run.

function showHead(data) {
  const { summary, settings } = data;
  byId("title").textContent = `${whole(summary.calls)} labelled calls, ${lengthText(summary.hours)}`;
  const lists = settings.lists.length ? ", with " + settings.lists.join(", ") : "";
  const facts = [
    ...Object.entries(data.about).map(([name, value]) => (name ? `${name} ${value}` : value)),
    data.manifests.map((path) => path.split(/[\\/]/).pop()).join(", "),
    `lists: ${settings.languages.join(", ")}${lists}`,
    `recogniser: ${settings.engine}`,
    `caution from ${settings.caution_points} points, danger from ${settings.danger_points}`,
  ];
  byId("about").append(...facts.filter(Boolean).map((fact) => el("span", {}, foreign(fact))));
  const parts = [["summary", "Summary"], ["before", "Compared"], ["curve", "Thresholds"], ["phrases", "Phrases"], ["calls", "Calls"]];
  byId("parts").append(...parts.filter(([id]) => id !== "before" || data.before)
    .map(([id, text]) => el("li", {}, el("a", { href: "#" + id }, text))));
}

function showNotices(data) {
  const box = byId("notices");
  const { problems, interrupted, unsure } = data.summary;
  if (interrupted) box.append(el("p", { class: "notice" }, "The run was interrupted: only the calls done until then are counted."));
  if (unsure) box.append(el("p", { class: "notice" }, `${whole(unsure)} rows labelled unsure are in no figure.`));
  if (data.masked) box.append(el("p", { class: "notice" }, "Runs of three and more digits, spoken or written, are masked in what was heard."));
  if (data.audio_left_out) {
    box.append(el("p", { class: "notice" }, `${whole(data.audio_left_out)} recordings are not inside this file; they are played from where they lie.`));
  }
  if (problems.length) {
    const shown = problems.slice(0, 200);
    box.append(el("details", { class: "notice" },
      el("summary", {}, `${whole(problems.length)} problems: what they name is not in the figures, or is damaged`),
      el("ul", {}, shown.map((one) => el("li", {}, foreign(`${one.place}: ${one.message} ${one.hint}`)))),
      problems.length > shown.length ? el("p", {}, `… and ${whole(problems.length - shown.length)} more.`) : null));
  }
}

const CAPTIONS = {
  recall: ["Caught", "Scam calls must reach danger, caution calls caution or more. By campaign, calls of one script count once."],
  categories: ["Categories", "The phrases of a category together; cost is the false alarms an hour that would not be without them."],
  conditions: ["Conditions", "By what the manifests say of the calls, and by recogniser."],
  false_alarms: ["False alarms on ordinary calls", "A call alarms at most once at each level."],
};

function showSummary(data) {
  const box = byId("summary-body");
  const { summary } = data;
  const timed = (key) => key === "first_alert" || key === "to_level";
  const lists = Object.entries(summary).filter(([key, value]) =>
    Array.isArray(value) && isObject(value[0]) && key !== "problems" && key !== "phrases");
  for (const [key, entries] of lists) {
    const columns = columnsOf(entries);
    const [title, note] = CAPTIONS[key] || [heading(key), ""];
    const drop = key === "recall" ? (name) => timed(name) || name === "level" : () => false;
    box.append(figuresTable([title, note], entries, columns.filter((column) => !drop(column.key))), el("p"));
    if (key === "recall") {
      const times = columns.filter((column) => ["set", "label"].includes(column.key) || timed(column.key));
      box.append(figuresTable(["Seconds from the start of the call to its alert",
        "Median of the calls that were alerted. With the others: a call that was missed takes forever."], entries, times), el("p"));
    }
  }
  if (!lists.length) box.append(el("p", {}, "No call was counted."));
}

function figuresTable([title, note], entries, columns) {
  const most = {};
  for (const { key, get } of columns) {
    for (const entry of entries) {
      const value = get(entry);
      if (isRate(value)) most[key] = Math.max(most[key] || 0, value.high || 0);
    }
  }
  return plainTable({
    caption: [title, note ? el("span", { class: "note" }, note) : null],
    rows: entries,
    columns: columns.map(({ key, get }, place) => ({
      title: heading(key),
      header: place === 0,
      number: entries.every((entry) => typeof get(entry) === "number"),
      cell: (entry) => figure(get(entry), true, most[key]),
    })),
  });
}

function showBefore(data) {
  if (!data.before) return;
  byId("before").hidden = false;
  const { name, changes, gone, moves } = data.before;
  const box = byId("before-body");
  const parts = Object.entries(changes).filter(([, count]) => count)
    .map(([change, count]) => `${whole(count)} ${CHANGES[change]}`);
  box.append(
    el("p", { class: "lead" }, "The run before: ", foreign(name), `. Of ${whole(data.calls.length)} calls: ${parts.join(", ")}`,
      gone ? `; ${whole(gone)} calls were only in the run before.` : "."),
    plainTable({
      caption: ["Level before and now", el("span", { class: "note" }, "Calls that both runs have.")],
      rows: moves.filter((row) => row.now.some(Boolean)),
      columns: [
        { title: "Calls", header: true, cell: (row) => row.label },
        { title: "Before", cell: (row) => [levelText(row.before)] },
        ...LEVELS.map((level, place) => ({
          title: "Now " + level, number: true,
          cell: (row) => {
            if (!row.now[place]) return [el("span", { class: "none" }, "–")];
            return row.before === level ? whole(row.now[place]) : [el("strong", {}, whole(row.now[place]))];
          },
        })),
      ],
    }));
}
