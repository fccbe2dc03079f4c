// The list of calls, with its filters; a call opens below its row.

const OUTCOME_RANK = Object.keys(OUTCOMES);
const CHANGE_RANK = Object.keys(CHANGES);
const MOST_PRINTED = 20;

class CallList {
  constructor(data) {
    this.data = data;
    this.filter = { text: "", set: "", label: "", outcome: "", change: "", phrase: null };
    this.open = new Set();
    this.lines = new Map();
    this.texts = new Map();
    const rows = data.before ? changedFirst(data.calls) : data.calls;
    this.table = new LongTable({
      columns: this.columns(), rows,
      kind: "calls",
      describe: (shown, all) => (shown === all ? `${whole(all)} calls` : `${whole(shown)} of ${whole(all)} calls`),
      onRow: (call, line) => this.dress(call, line),
    });
    this.chip = el("p", { hidden: true });
    this.controls = el("div", { class: "controls" });
    byId("calls-body").append(this.controls, this.chip, this.table.node);
    this.showControls();
  }

  columns() {
    const { sets, before } = this.data;
    return [
      { title: "Outcome", full: true, get: (call) => OUTCOME_RANK.indexOf(call.outcome), cell: (call) => [outcomeBadge(call.outcome)] },
      { title: "Call", header: true, full: true, get: (call) => call.id, cell: (call) => [this.opener(call)] },
      before ? { title: "Change", get: (call) => CHANGE_RANK.indexOf(call.change), cell: (call) => [badge(call.change, CHANGES[call.change])] } : null,
      { title: "Label", short: "Label", get: (call) => call.label, cell: (call) => call.label },
      { title: "Set", short: "Set", get: (call) => sets[call.set], cell: (call) => [foreign(sets[call.set])] },
      { title: "Level", short: "Level", get: (call) => LEVELS.indexOf(call.level), cell: (call) => [levelText(call.level)] },
      { title: "First alert", short: "First alert", number: true, get: (call) => call.caution, cell: (call) => (call.caution === null ? "–" : clock(call.caution)) },
      { title: "Length", short: "Length", number: true, get: (call) => call.length, cell: (call) => clock(call.length) },
      { title: "Hits", short: "Hits", number: true, get: (call) => call.hits.length, cell: (call) => whole(call.hits.length) },
    ].filter(Boolean);
  }

  opener(call) {
    return el("button", { type: "button", class: "opener", "aria-expanded": "false", on: { click: () => this.toggle(call) } }, foreign(call.id));
  }

  showControls() {
    const { calls, sets, before } = this.data;
    const { filter } = this;
    const set = (key) => (value) => { filter[key] = value; this.refresh(); };
    const counted = (key, names, all) => {
      const counts = new Map();
      for (const call of calls) counts.set(call[key], (counts.get(call[key]) || 0) + 1);
      const present = [...names].filter(([value]) => counts.has(value));
      return [["", all], ...present.map(([value, name]) => [String(value), `${name} (${whole(counts.get(value))})`])];
    };
    const labels = [...new Set(calls.map((call) => call.label))].map((label) => [label, label]);
    const outcomes = counted("outcome", Object.entries(OUTCOMES), "all");
    const wrong = calls.filter((call) => WRONG.includes(call.outcome)).length;
    outcomes.splice(1, 0, ["wrong", `misses and false alarms (${whole(wrong)})`]);
    this.controls.replaceChildren(...[
      searchBox("Search id, campaign, phrase or words", (text) => { filter.text = text.trim().toLowerCase(); this.refresh(); }),
      choice("Outcome", outcomes, filter.outcome, set("outcome")),
      choice("Label", counted("label", labels, "all"), filter.label, set("label")),
      choice("Set", counted("set", sets.map((name, number) => [number, name]), "all"), filter.set, set("set")),
      before ? choice("Change", counted("change", Object.entries(CHANGES), "all"), filter.change, set("change")) : null,
    ].filter(Boolean));
  }

  refresh() {
    const { filter, table } = this;
    this.lines.clear();
    table.show(table.rows.filter((call) => this.wanted(call, filter)));
  }

  wanted(call, filter) {
    if (filter.outcome && (filter.outcome === "wrong" ? !WRONG.includes(call.outcome) : call.outcome !== filter.outcome)) return false;
    if (filter.label && call.label !== filter.label) return false;
    if (filter.set && String(call.set) !== filter.set) return false;
    if (filter.change && call.change !== filter.change) return false;
    if (filter.phrase !== null && !call.hits.some((hit) => hit[PHRASE] === filter.phrase)) return false;
    return !filter.text || this.textOf(call).includes(filter.text);
  }

  /** All that a call is found by, made when somebody first searches. */
  textOf(call) {
    if (!this.texts.has(call)) {
      const parts = [call.id, call.campaign || "", call.place, ...call.hits.map((hit) => this.data.phrases[hit[PHRASE]][0] + "\n" + hit[HEARD])];
      this.texts.set(call, parts.concat(call.said.map((one) => one[3])).join("\n").toLowerCase());
    }
    return this.texts.get(call);
  }

  /** Only the calls in which a phrase was heard. */
  showPhrase(number) {
    this.filter = { text: "", set: "", label: "", outcome: "", change: "", phrase: number };
    this.chip.replaceChildren("Only calls with the phrase ", el("strong", {}, foreign(this.data.phrases[number][0])), ". ",
      button("Show all calls", () => this.clear()));
    this.chip.hidden = false;
    this.showControls();
    this.refresh();
    byId("calls").scrollIntoView();
    byId("calls").focus({ preventScroll: true });
  }

  clear() {
    this.filter = { text: "", set: "", label: "", outcome: "", change: "", phrase: null };
    this.chip.hidden = true;
    this.showControls();
    this.refresh();
  }

  /** A row was built: open it if its call is open. */
  dress(call, line) {
    this.lines.set(call, line);
    line.classList.add("call-row");
    if (this.open.has(call)) queueMicrotask(() => this.expand(call));
  }

  toggle(call) {
    if (this.open.delete(call)) {
      this.collapse(call);
    } else {
      this.open.add(call);
      this.expand(call);
    }
    history.replaceState(null, "", this.open.has(call) ? "#call=" + encodeURIComponent(call.id) : "#calls");
  }

  expand(call) {
    const line = this.lines.get(call);
    if (!line || !line.isConnected || line.classList.contains("opened")) return;
    const opened = openCall(call, this.data);
    line.classList.add("opened");
    line.querySelector(".opener").setAttribute("aria-expanded", "true");
    line.after(el("tr", { class: "inside" }, el("td", { colspan: this.table.columns.length }, opened.node)));
    opened.ready();
  }

  collapse(call) {
    const line = this.lines.get(call);
    if (!line || !line.classList.contains("opened")) return;
    line.classList.remove("opened");
    line.querySelector(".opener").setAttribute("aria-expanded", "false");
    line.nextElementSibling.remove();
  }

  /** Opens a call by its id and brings it into sight. */
  find(id) {
    const call = this.data.calls.find((one) => one.id === id);
    if (!call) return;
    if (!this.table.shown.includes(call)) this.clear();
    this.table.grow(this.table.ordered.indexOf(call) + 1);
    if (!this.open.has(call)) this.toggle(call);
    this.lines.get(call).scrollIntoView();
    this.lines.get(call).querySelector(".opener").focus({ preventScroll: true });
  }

  /** For paper: the first misses and false alarms are opened, and of a list nobody has filtered the rest stays away. */
  beforePrint() {
    const { ordered, shown, rows } = this.table;
    const matter = ordered.filter((call) => WRONG.includes(call.outcome) || (call.change && call.change !== "same"));
    this.table.grow(matter.length ? ordered.indexOf(matter[Math.min(matter.length, MOST_PRINTED * 10) - 1]) + 1 : 0);
    this.printed = matter.slice(0, MOST_PRINTED).filter((call) => !this.open.has(call));
    for (const call of this.printed) {
      this.open.add(call);
      this.expand(call);
    }
    const filtered = shown.length !== rows.length;
    for (const [call, line] of this.lines) {
      line.classList.toggle("screen-only", !filtered && !matter.includes(call) && !this.open.has(call));
    }
    this.note = el("p", { class: "print-only note" }, `Printed are ${filtered ? "the calls that were filtered for" : "misses, false alarms and opened calls"}, the first ${MOST_PRINTED} of them opened; all ${whole(rows.length)} are in the file.`);
    this.table.node.before(this.note);
  }

  afterPrint() {
    for (const call of this.printed || []) if (this.open.delete(call)) this.collapse(call);
    this.printed = [];
    if (this.note) this.note.remove();
  }
}

function changedFirst(calls) {
  return calls.map((call, place) => ({ call, place }))
    .sort((one, other) => CHANGE_RANK.indexOf(one.call.change) - CHANGE_RANK.indexOf(other.call.change) || one.place - other.place)
    .map((one) => one.call);
}
