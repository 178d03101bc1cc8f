/** The viewer's pages, each fetched once; neighbours and their pictures ahead of time. */

const base = document.querySelector("[data-assets-url]").dataset.assetsUrl;
const pages = new Map();

async function fetched(path) {
  const reply = await fetch(`${base}${path}`, { headers: { "HX-Request": "true" } });
  if (reply.status === 404) return null;
  return reply.ok && !reply.redirected ? reply.text() : undefined;
}

/**
 * The HTML of one asset's page; null where there is no such asset any more, undefined where the
 * server did not say.
 */
export function pageOf(path) {
  if (!pages.has(path)) {
    const page = fetched(path).catch(() => undefined);
    pages.set(path, page);
    page.then((html) => html ?? pages.delete(path));
  }
  return pages.get(path);
}

/** Get what is likely to be asked for next, with its picture. */
export async function preload(paths) {
  for (const path of paths) {
    const template = document.createElement("template");
    template.innerHTML = (await pageOf(path)) ?? "";
    const media = template.content.querySelector("[data-zoomable]");
    if (media) new Image().src = media.getAttribute(media.tagName === "VIDEO" ? "poster" : "src");
  }
}

/** What was fetched may no longer be true. */
export const forget = () => pages.clear();
