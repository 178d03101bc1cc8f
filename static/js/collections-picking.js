/**
 * The box that picks one collection: its list is fetched anew as one types, and what is picked
 * stays picked. Enter goes to the first that matches, the arrows through the list.
 */

export const NEW = "new"; // in place of an id

export class Problem extends Error {}

const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const listOf = (target) => target.closest("[data-picks]");

const filing = new Set(); // forms whose answer is on its way

let kept = null; // the label of what was picked when an answer came
let entered = null; // the list whose first match Enter asked for

/** The id of a new collection; Problem says what is wrong with its name. */
async function make(name) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
  const reply = await fetch("/api/v1/collections", { method: "POST", headers, body: JSON.stringify({ name }) });
  const answer = await reply.json();
  if (reply.ok) return answer.id;
  throw new Problem(Object.values(answer.errors ?? {}).flat().join(" ") || answer.detail || answer.title);
}

/** The id that is picked for the field `name`, '' for none; a new collection is made once. */
export async function picked(form, name) {
  const choice = form.querySelector(`input[name="${name}"]:checked`);
  if (choice?.value === NEW) choice.value = await make(choice.closest(".picker").querySelector("[data-pick-words]").value);
  return choice?.value ?? "";
}

function showProblem(form, error) {
  const problem = form.querySelector("[data-problem]");
  problem.textContent = error instanceof Problem ? error.message : "It could not be done. Try again.";
  problem.hidden = false;
}

/** File by the form with `work`: pressed twice, once; the form says why it could not be done. */
export async function file(form, work) {
  if (filing.has(form)) return;
  filing.add(form);
  form.querySelector("[data-problem]").hidden = true;
  await work(form).catch((error) => showProblem(form, error));
  filing.delete(form);
}

function beforeAnswer({ detail }) {
  const list = listOf(detail.target);
  if (list) kept = list.querySelector(":checked")?.closest("label") ?? null;
}

function keep(list) {
  const { value } = kept.querySelector("input");
  const [first, ...others] = list.querySelectorAll(`input[value="${value}"]`);
  others.forEach((other) => other.closest("label").remove());
  if (first) first.checked = true;
  else if (value && value !== NEW) list.prepend(kept);
}

function pick(choice) {
  choice.checked = true;
  choice.focus();
}

function afterAnswer({ target }) {
  const list = listOf(target);
  if (!list) return;
  const first = entered === list && (list.querySelector(`input:not([value=""], [value="${NEW}"])`) ?? list.querySelector("input"));
  entered = null;
  if (kept) keep(list);
  if (first) pick(first);
}

function byKeys(event) {
  if (!event.target.matches?.("[data-pick-words]")) return;
  const list = event.target.closest(".picker").querySelector("[data-picks]");
  if (event.key === "ArrowDown") (list.querySelector(":checked") ?? list.querySelector("input"))?.focus();
  else if (event.key === "Enter" && event.target.value.trim()) {
    entered = list;
    htmx.trigger(event.target, "search");
  } else return;
  event.preventDefault();
}

export function startPicking() {
  document.addEventListener("htmx:beforeSwap", beforeAnswer);
  document.addEventListener("htmx:afterSwap", afterAnswer);
  document.addEventListener("keydown", byKeys);
}
