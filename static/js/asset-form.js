/** The form of an asset comes back when it is saved: what was typed meanwhile stays in it. */

let typed = []; // [name, text] of what is not what was sent

function take({ target, detail }) {
  if (!target.matches(".asset__form")) return;
  const { parameters } = detail.requestConfig;
  const texts = [...target.elements].filter(({ type }) => type === "text");
  typed = texts.filter(({ name, value }) => value !== parameters[name]).map(({ name, value }) => [name, value]);
}

function giveBack({ target }) {
  if (!target.matches(".asset__form")) return;
  for (const [name, value] of typed) target.elements[name].value = value;
  typed = [];
}

export function startAssetForm() {
  document.addEventListener("htmx:beforeSwap", take);
  document.addEventListener("htmx:afterSwap", giveBack);
}
