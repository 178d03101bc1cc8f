/** What a reference's strength means, in words beside its field while it is moved. */

const WORDS = [
  [0.2, "A hint of it"],
  [0.4, "Loosely like it"],
  [0.6, "Balanced with the prompt"],
  [0.8, "Close to it"],
  [0.9, "Very close to it"],
  [1, "Nearly a copy"],
];

/** The words for a strength from 0.1 to 0.95. */
export function strengthInWords(strength) {
  return WORDS.find(([most]) => strength <= most)[1];
}

function show(field) {
  const label = field.closest(".field").querySelector("[data-strength-label]");
  label.textContent = strengthInWords(Math.min(1, Number(field.value) || 0));
}

export function startStrengthLabels() {
  document.querySelectorAll("[data-strength]").forEach((field) => {
    const update = () => show(field);
    for (const event of ["input", "change", "renewed"]) field.addEventListener(event, update);
    field.form.addEventListener("reset", () => setTimeout(update));
    update();
  });
}
