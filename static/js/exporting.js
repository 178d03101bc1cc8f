/**
 * Forms with `data-export` answer with a zip that the browser saves while it is made; beside it a
 * card says how far it is. The page makes up a token for that, and asks the server by it.
 */

import { toast } from "./toasts.js";

const PAUSE = 600; // milliseconds between two questions
const MOST_WAITS = 100; // for a download that never begins

function makeToken() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function makeElement(name, className, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

function trays() {
  const found = document.getElementById("trays");
  if (found) return found;
  const made = makeElement("div", "trays");
  made.id = "trays";
  document.body.append(made);
  return made;
}

class Card {
  constructor() {
    this.element = makeElement("section", "tray export");
    this.element.setAttribute("aria-label", "Export");
    this.words = makeElement("p", "export__words", "Export begins…");
    this.words.setAttribute("role", "status");
    this.bar = makeElement("progress", "progress-bar");
    this.bar.setAttribute("aria-label", "Progress");
    this.element.append(this.words, this.bar);
    trays().append(this.element);
  }

  show({ done, total, status }) {
    if (status === "waiting") return;
    [this.bar.max, this.bar.value] = [Math.max(total, 1), done];
    this.words.textContent = `Exporting: ${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")}`;
  }

  end(words, error = false) {
    this.element.remove();
    toast(words, { error });
  }
}

const rest = () => new Promise((resolve) => setTimeout(resolve, PAUSE));

/** Show how far it is until it has ended. */
async function watch(url) {
  const card = new Card();
  for (let waits = 0; waits < MOST_WAITS; waits += 1) {
    await rest();
    const reply = await fetch(url).catch(() => null);
    const now = reply?.ok ? await reply.json() : { status: "waiting" };
    card.show(now);
    if (now.status === "completed") return card.end(`Exported ${now.total.toLocaleString("en-GB")}. Your browser has the zip.`);
    if (now.status === "stopped") return card.end("The export was broken off. Start it again.", true);
    if (now.status === "running") waits = 0;
  }
  return card.end("The export did not begin. Try again.", true);
}

function setField(form, name, value) {
  const field = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  field.value = value;
}

function begin(form, submitter) {
  const token = makeToken();
  setField(form, "token", token);
  // A form in a live message has none of its own.
  setField(form, "csrfmiddlewaretoken", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
  if (submitter?.name) setField(form, submitter.dataset.field ?? "content", submitter.value);
  watch(`${form.action}${token}/`);
  form.submit();
}

export function startExporting() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-export]")) return;
    event.preventDefault();
    begin(event.target, event.submitter);
  });
  document.addEventListener("export-starts", ({ detail }) => begin(detail.form, detail.submitter));
}
