/**
 * Completion in a text box: `data-completion` names where suggestions come from, `data-grammar`
 * what is completed: the terms of a search, or `tags` between commas. Arrows choose, Enter takes,
 * Escape closes; the list is the element that aria-controls names.
 */

const PAUSE = 120; // milliseconds after the last key

/** Where the term around `at` stands in `text`: spaces in quotes belong to it. */
export function termAt(text, at) {
  let start = 0;
  let quoted = false;
  for (let i = 0; i < at; i += 1) {
    if (text[i] === '"') quoted = !quoted;
    else if (/\s/.test(text[i]) && !quoted) start = i + 1;
  }
  return { start, word: text.slice(start, at) };
}

/** `text` with `suggestion` for the term, and where to go on: after a space, or after `field:`. */
export function completed(text, start, at, suggestion) {
  const rest = text.slice(at);
  const space = suggestion.endsWith(":") || rest.startsWith(" ") ? "" : " ";
  const before = text.slice(0, start) + suggestion + space;
  return { text: before + rest, at: before.length + (space || suggestion.endsWith(":") ? 0 : 1) };
}

/** Where the tag around `at` stands in `text`: from the comma before it. */
export function tagAt(text, at) {
  const start = text.lastIndexOf(",", at - 1) + 1;
  return { start, word: text.slice(start, at).trim() };
}

/** `text` with `tag` in place of what was begun, and where to go on: after the next comma. */
export function tagged(text, start, at, tag) {
  const before = text.slice(0, start).trimEnd();
  const done = `${before}${before && " "}${tag}, `;
  return { text: done + text.slice(at).replace(/^[\s,]+/, ""), at: done.length };
}

const grammars = { search: { find: termAt, put: completed }, tags: { find: tagAt, put: tagged } };
const begun = new WeakSet();

class Completion {
  constructor(box) {
    this.box = box;
    this.grammar = grammars[box.dataset.grammar ?? "search"];
    this.list = document.getElementById(box.getAttribute("aria-controls"));
    this.active = -1;
    this.asked = 0;
    box.addEventListener("input", () => this.askSoon());
    box.addEventListener("keydown", (event) => this.onKey(event));
    box.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the box keeps the focus
      const option = event.target.closest("[role=option]");
      if (option) this.take(option.dataset.text);
    });
  }

  get options() {
    return [...this.list.children];
  }

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const { word } = this.grammar.find(this.box.value, this.box.selectionStart);
    const number = ++this.asked;
    const reply = await fetch(`${this.box.dataset.completion}?word=${encodeURIComponent(word.slice(0, 200))}`).catch(() => null);
    if (!reply?.ok || reply.redirected) return;
    const { suggestions } = await reply.json();
    if (number !== this.asked || document.activeElement !== this.box) return; // it comes too late
    this.show(suggestions.filter(({ text }) => text !== word));
  }

  show(suggestions) {
    this.list.replaceChildren(...suggestions.map(({ text, label }, index) => {
      const option = document.createElement("li");
      Object.assign(option, { id: `${this.list.id}-${index}`, role: "option" });
      option.dataset.text = text;
      const name = document.createElement("span");
      name.textContent = text;
      const help = document.createElement("span");
      help.textContent = label;
      option.append(name, help);
      return option;
    }));
    this.choose(-1);
    this.list.hidden = suggestions.length === 0;
    this.box.setAttribute("aria-expanded", String(suggestions.length > 0));
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.show([]);
  }

  choose(index) {
    this.active = index;
    this.options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    const chosen = this.options[index];
    if (chosen) this.box.setAttribute("aria-activedescendant", chosen.id);
    else this.box.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  move(by) {
    const places = this.options.length + 1; // the box itself is one of them
    this.choose(((this.active + 1 + by + places) % places) - 1);
  }

  take(suggestion) {
    const at = this.box.selectionStart;
    const { start } = this.grammar.find(this.box.value, at);
    const next = this.grammar.put(this.box.value, start, at, suggestion);
    this.box.value = next.text;
    this.box.setSelectionRange(next.at, next.at);
    if (suggestion.endsWith(":")) {
      this.ask();
      return;
    }
    this.close();
    this.box.dispatchEvent(new Event("search", { bubbles: true }));
  }

  onKey(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" && !open) this.ask();
    else if (open && event.key === "ArrowDown") this.move(1);
    else if (open && event.key === "ArrowUp") this.move(-1);
    else if (open && event.key === "Enter" && this.active >= 0) this.take(this.options[this.active].dataset.text);
    else if (open && event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }
}

function begin(root) {
  for (const box of root.querySelectorAll("[data-completion]")) {
    if (!begun.has(box)) new Completion(box);
    begun.add(box);
  }
}

/** Every box of the page that names where its suggestions come from, also of what comes later. */
export function startCompletion() {
  begin(document);
  document.addEventListener("htmx:load", (event) => begin(event.detail.elt.parentNode ?? document));
}
