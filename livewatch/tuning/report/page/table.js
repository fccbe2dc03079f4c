// A long table: sorted and filtered as data, its rows built a hundred at a time when they come near the screen.

const CHUNK = 100;

class LongTable {
  /**
   * columns: {title, get(row) to sort by, cell(row) -> children; number, header, full, short}; kind names the section;
   * describe(shown, all) says how many there are; onRow(row, line) sees each line that is built.
   */
  constructor({ columns, rows, kind, describe, onRow }) {
    Object.assign(this, { columns, rows, describe, onRow });
    this.shown = rows;
    this.sorted = null;
    this.built = 0;
    this.body = el("tbody");
    this.heads = columns.map((column) => this.head(column));
    this.more = el("div", { class: "more" }, button("Show more", () => this.grow()));
    this.count = el("p", { class: "count", role: "status" });
    this.table = el("table", { class: kind, "aria-labelledby": kind + "-title" },
      el("thead", {}, el("tr", {}, this.heads)), this.body);
    this.node = el("div", {}, this.count, el("div", { class: "scroll" }, this.table, this.more));
    this.watcher = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.grow(), {
      rootMargin: "800px",
    });
    this.watcher.observe(this.more);
    this.show(rows);
  }

  head(column) {
    return el("th", { scope: "col", class: column.number ? "number" : null },
      el("button", { type: "button", on: { click: () => this.sortBy(column) } }, column.title));
  }

  /** Sorts by a column; numbers begin with the largest, and the same column again turns the order round. */
  sortBy(column) {
    const same = this.sorted && this.sorted.column === column;
    this.sorted = { column, descending: same ? !this.sorted.descending : Boolean(column.number) };
    this.show(this.shown);
  }

  /** Shows `rows`, in the order that was asked for. */
  show(rows) {
    this.shown = rows;
    this.ordered = rows;
    if (this.sorted) {
      const { column, descending } = this.sorted;
      const keyed = rows.map((row, place) => ({ row, place, key: sortValue(column.get(row)) }));
      keyed.sort((one, other) => compareKeys(one, other, descending) || one.place - other.place);
      this.ordered = keyed.map((one) => one.row);
    }
    this.heads.forEach((head, place) => {
      if (this.sorted && this.columns[place] === this.sorted.column) {
        head.setAttribute("aria-sort", this.sorted.descending ? "descending" : "ascending");
      } else {
        head.removeAttribute("aria-sort");
      }
    });
    this.table.setAttribute("aria-rowcount", String(rows.length + 1));
    this.count.textContent = this.describe(rows.length, this.rows.length);
    this.body.replaceChildren();
    this.built = 0;
    this.grow();
  }

  /** Builds the next rows; all of the first `least` if that is more. */
  grow(least) {
    const end = Math.min(this.ordered.length, Math.max(this.built + CHUNK, least || 0));
    const built = [];
    for (; this.built < end; this.built += 1) built.push(this.row(this.ordered[this.built], this.built));
    this.body.append(...built);
    this.more.hidden = this.built >= this.ordered.length;
    if (!this.more.hidden) {  // told again, for it may still be near
      this.watcher.unobserve(this.more);
      this.watcher.observe(this.more);
    }
  }

  row(row, place) {
    const cells = this.columns.map((column) =>
      el(column.header ? "th" : "td", {
        scope: column.header ? "row" : null,
        class: [column.number ? "number" : "", column.full ? "full" : ""].join(" ").trim() || null,
        "data-name": column.short,
      }, column.cell(row)));
    const line = el("tr", { "aria-rowindex": place + 2 }, cells);
    if (this.onRow) this.onRow(row, line);
    return line;
  }
}

function compareKeys(one, other, descending) {
  if (one.key === null || other.key === null) return (one.key === null) - (other.key === null);
  const order = typeof one.key === "string" && typeof other.key === "string"
    ? one.key.localeCompare(other.key)
    : Number(one.key > other.key) - Number(one.key < other.key);
  return descending ? -order : order;
}

/** A short table, built at once. */
function plainTable({ caption, columns, rows }) {
  return el("div", { class: "scroll" }, el("table", {},
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, columns.map((column) =>
      el("th", { scope: "col", class: column.number ? "number" : null }, column.title)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, columns.map((column) =>
      el(column.header ? "th" : "td", { scope: column.header ? "row" : null, class: column.number ? "number" : null },
        column.cell(row))))))));
}
