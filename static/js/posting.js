/**
 * Changes that the page asks for, one after the other. htmx alone would drop those that wait
 * behind another, but for the last, and say that they are done before they are sent.
 */

let last = Promise.resolve();

/** POST `values` to `url`, with htmx's `options` for the answer; done once that is in the page. */
export function post(url, values = {}, options = { swap: "none" }) {
  const send = () => htmx.ajax("POST", url, { ...options, values, source: document.body });
  last = last.then(send, send);
  return last;
}
