/**
 * Changes that the page asks for, one after the other. htmx alone would drop those that wait
 * behind another, but for the last, and say that they are done before they are sent.
 */

let last = Promise.resolve();

const NOWHERE = { swap: "none" };

/**
 * POST `values` to `url`, with htmx's `options` for the answer; done once that is in the page.
 * What has lost its place in the page while it waited, the selector `target`, is sent all the same.
 */
export function post(url, values = {}, options = NOWHERE) {
  const fitting = () => (options.target && !document.querySelector(options.target) ? NOWHERE : options);
  const send = () => htmx.ajax("POST", url, { ...fitting(), values, source: document.body });
  last = last.then(send, send);
  return last;
}
