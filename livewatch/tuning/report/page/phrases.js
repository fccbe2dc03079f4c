// The table of phrases. Its columns are those of the figures, whatever they are.

function showPhrases(data, showCalls) {
  const rows = data.summary.phrases;
  const box = byId("phrases-body");
  if (!rows.length) {
    box.append(el("p", {}, "No phrase was heard."));
    return;
  }
  const known = new Map(data.phrases.map(([phrase, category, why], number) => [phrase, { number, why }]));
  const why = (row) => (known.get(row.phrase) || {}).why || "";
  const columns = columnsOf(rows).map(({ key, get }) => ({
    key, get,
    title: heading(key, { calls: "Calls" }),
    header: key === "phrase",
    number: rows.some((row) => isFigure(get(row))),
    cell: (row) => phraseCell(key, get(row), row),
  }));
  const phraseCell = (key, value, row) => {
    if (key === "phrase") return [foreign(value), why(row) ? el("span", { class: "interval wrap" }, foreign(why(row))) : null];
    const named = known.get(row.phrase);
    if (key !== "hits" || !value || !named) return figure(value, false);
    return [el("button", {
      type: "button", class: "link", "aria-label": `${whole(value)} hits of ${row.phrase}: show the calls`,
      on: { click: () => showCalls(named.number) },
    }, whole(value))];
  };
  const table = new LongTable({
    columns, rows,
    kind: "phrases",
    describe: (shown, all) => (shown === all ? `${whole(all)} phrases` : `${whole(shown)} of ${whole(all)} phrases`),
  });
  const search = (text) => {
    const wanted = text.trim().toLowerCase();
    table.show(rows.filter((row) => `${row.phrase} ${row.category} ${why(row)}`.toLowerCase().includes(wanted)));
  };
  const silent = data.summary.never_heard || [];
  if (silent.length) {
    box.append(el("details", { class: "silent" }, el("summary", {}, `${whole(silent.length)} phrases of the lists were never heard`),
      el("p", {}, silent.map((phrase, place) => [place ? ", " : "", foreign(phrase)]))));
  }
  box.append(el("div", { class: "controls" }, searchBox("Search phrase, category or reason", search)), table.node);
}
