/**
 * What the prompt bar is set to, kept in this browser: for the next visit, and, as the fields
 * that it would send, for the page without a connection. It is one user's, and forgotten when
 * they sign out or another signs in (installing.js), for a device may be shared.
 */

const KEPT = "ourvidz.prompt-bar";
export const KEPT_FOR = "ourvidz.kept-for"; // whose it is, for the page without a connection
const owner = document.body.dataset.user ?? localStorage.getItem(KEPT_FOR) ?? "";
const BAR = `${KEPT}.controls.${owner}`;
const FIELDS = `${KEPT}.fields.${owner}`;

const read = (name) => JSON.parse(localStorage.getItem(name) ?? "{}");

/** Forget what everyone but `user` has set; "" is nobody. */
export function forgetSettingsOfOthers(user) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(KEPT) && !(user && name.endsWith(`.${user}`))) localStorage.removeItem(name);
  }
}

export const keptSettings = () => read(BAR);

export const keepSettings = (settings) => localStorage.setItem(BAR, JSON.stringify(settings));

/** Keep the prompt of the next visit; all else stays as it is. */
export const keepPrompt = (prompt) => keepSettings({ ...keptSettings(), prompt });

/** Keep `fields`, a query string, as what a request in `mode` has beside its prompt. */
export const keepFields = (mode, fields) => localStorage.setItem(FIELDS, JSON.stringify({ ...read(FIELDS), [mode]: fields }));

/** What was kept for `mode`; where it was never used, only what it cannot do without. */
export const keptFields = (mode) => new URLSearchParams(read(FIELDS)[mode] ?? { mode, model: mode === "video" ? "wan" : "sdxl" });
