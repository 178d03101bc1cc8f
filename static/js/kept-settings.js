/**
 * What the prompt bar is set to, kept in this browser: for the next visit, and, as the fields
 * that it would send, for the page without a connection.
 */

const BAR = "ourvidz.prompt-bar";
const FIELDS = "ourvidz.prompt-bar.fields";

const read = (name) => JSON.parse(localStorage.getItem(name) ?? "{}");

export const keptSettings = () => read(BAR);

export const keepSettings = (settings) => localStorage.setItem(BAR, JSON.stringify(settings));

/** Keep the prompt of the next visit; all else stays as it is. */
export const keepPrompt = (prompt) => keepSettings({ ...keptSettings(), prompt });

/** Keep `fields`, a query string, as what a request in `mode` has beside its prompt. */
export const keepFields = (mode, fields) => localStorage.setItem(FIELDS, JSON.stringify({ ...read(FIELDS), [mode]: fields }));

/** What was kept for `mode`; where it was never used, only what it cannot do without. */
export const keptFields = (mode) => new URLSearchParams(read(FIELDS)[mode] ?? { mode, model: mode === "video" ? "wan" : "sdxl" });
