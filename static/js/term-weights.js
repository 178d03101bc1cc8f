/**
 * `<term-weights name>`: a chip for each weighted term of the prompt. `data-weigh` (a button)
 * or Ctrl+Up and Ctrl+Down in the prompt weigh the words that are selected, or at the cursor.
 * A term that the prompt has no more is kept, marked and not sent.
 */

const LEAST = 0.5;
const MOST = 2;
const STEP = 0.1;
const MOST_TERMS = 6;

const bar = document.getElementById("prompt-bar");
const prompt = document.getElementById("prompt");

/** `weight` moved by `steps`, within what the model takes. */
export function stepped(weight, steps) {
  return Math.round(10 * Math.min(MOST, Math.max(LEAST, weight + steps * STEP))) / 10;
}

/** The whole words of `text` that the range from `start` to `end` touches. */
export function wordsAt(text, start, end) {
  const before = text.slice(0, start).match(/[\p{L}\p{N}_'’-]*$/u)[0].length;
  const after = text.slice(end).match(/^[\p{L}\p{N}_'’-]*/u)[0].length;
  return text.slice(start - before, end + after).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}

/** Whether `term` stands in `text` as whole words, in any case; as the server sees it. */
export function occurs(term, text) {
  const escaped = term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, "iu").test(text);
}

class TermWeights extends HTMLElement {
  weights = new Map();

  connectedCallback() {
    this.chip = this.querySelector("template").content;
    this.addEventListener("click", (event) => this.press(event.target.closest("button")));
    this.addEventListener("keydown", (event) => this.stepByKey(event));
    bar.addEventListener("reset", () => this.set({}));
    prompt.addEventListener("input", () => this.mark());
    prompt.addEventListener("keydown", (event) => this.weighByKey(event));
    const button = bar.querySelector("[data-weigh]");
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
    button.addEventListener("click", () => this.weigh(1));
  }

  get value() {
    return Object.fromEntries(this.weights);
  }

  set value(weights) {
    this.set(weights);
  }

  set(weights) {
    this.weights = new Map(Object.entries(weights ?? {}).map(([term, weight]) => [term, Number(weight)]));
    this.show();
  }

  /** Weigh what is selected in the prompt; a first step makes a chip of it. */
  weigh(steps) {
    const term = wordsAt(prompt.value, prompt.selectionStart, prompt.selectionEnd);
    if (!term || (!this.weights.has(term) && this.weights.size >= MOST_TERMS)) return;
    this.change(term, steps);
  }

  change(term, steps) {
    this.weights.set(term, stepped(this.weights.get(term) ?? 1, steps));
    this.show();
    this.tell();
  }

  remove(term) {
    this.weights.delete(term);
    this.show();
    this.tell();
    prompt.focus();
  }

  press(button) {
    const term = button?.closest("[data-term]").dataset.term;
    if (!term) return;
    if ("remove" in button.dataset) this.remove(term);
    else this.change(term, Number(button.dataset.step));
  }

  weighByKey(event) {
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!steps || !(event.ctrlKey || event.metaKey) || this.hidden) return;
    event.preventDefault();
    this.weigh(steps);
  }

  stepByKey(event) {
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const term = event.target.closest("[data-term]")?.dataset.term;
    if (!steps || !term) return;
    event.preventDefault();
    this.change(term, steps);
  }

  show() {
    const focused = this.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
    this.querySelectorAll("[data-term]").forEach((chip) => chip.remove());
    this.weights.forEach((weight, term) => this.append(this.chipFor(term, weight)));
    this.mark();
    if (focused) this.querySelector(`button[aria-label=${CSS.escape(focused)}]`)?.focus();
  }

  chipFor(term, weight) {
    const chip = this.chip.cloneNode(true).firstElementChild;
    chip.dataset.term = term;
    chip.querySelector("[data-words]").textContent = term;
    chip.querySelector("output").textContent = weight.toFixed(1);
    chip.querySelector("input").value = weight;
    chip.querySelectorAll("button").forEach((button) => {
      button.setAttribute("aria-label", `${button.title}: ${term}`);
    });
    return chip;
  }

  /** Only what stands in the prompt has a name, and so is sent. */
  mark() {
    this.querySelectorAll("[data-term]").forEach((chip) => {
      const { term } = chip.dataset;
      const stands = occurs(term, prompt.value);
      chip.classList.toggle("is-absent", !stands);
      chip.title = stands ? "" : "Not in the prompt any more: not sent";
      const field = chip.querySelector("input");
      if (stands) field.name = `term_weights.${term}`;
      else field.removeAttribute("name");
    });
  }

  tell() {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

customElements.define("term-weights", TermWeights);
