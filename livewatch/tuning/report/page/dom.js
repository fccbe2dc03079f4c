// Elements. Whatever was said, and every name, becomes text by textContent; nothing here reads markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      node.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
  return node;
}

/** An HTML element; attributes of null or false are left out, "on" holds listeners by event. */
function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

/** A text from outside, kept apart from the writing direction of what stands around it. */
function foreign(text) {
  return el("bdi", {}, text);
}

function button(text, act, attributes) {
  return el("button", { type: "button", class: "button", on: { click: act }, ...attributes }, text);
}

/** A label with its field; `kind` is a class. */
function labelled(text, field, kind) {
  fields += 1;
  field.id = "field-" + fields;
  return el("div", { class: "field " + (kind || "") }, el("label", { for: field.id }, text), field);
}

let fields = 0;

/** A choice with its label; `options` are [value, text]. */
function choice(label, options, value, act) {
  const select = el("select", { on: { change: () => act(select.value) } });
  for (const [key, text] of options) select.append(el("option", { value: key, selected: key === value }, text));
  return labelled(label, select);
}

function searchBox(label, act) {
  let waiting = 0;
  const input = el("input", {
    type: "search", autocomplete: "off", spellcheck: "false",
    on: {
      input: () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => act(input.value), 120);
      },
    },
  });
  return labelled(label, input, "wide");
}

/** Runs `build` when `node` comes near the screen, or when the page is printed. */
const waitingForPrint = new Set();

function whenNear(node, build) {
  const once = () => {
    if (!waitingForPrint.delete(once)) return;
    watcher.disconnect();
    build();
  };
  const watcher = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && once(), {
    rootMargin: "600px",
  });
  waitingForPrint.add(once);
  watcher.observe(node);
}
