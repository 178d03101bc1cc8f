/**
 * The service worker, and whose device this is: what is kept for one user is thrown away when
 * they sign out, or when another signs in.
 */

import { forgetSettingsOfOthers, KEPT_FOR } from "./kept-settings.js";
import { empty } from "./outbox.js";

async function forgetOthers(user) {
  if (localStorage.getItem(KEPT_FOR) === user) return;
  forgetSettingsOfOthers(user);
  await Promise.all([globalThis.caches?.delete("seen"), empty()]); // no caches without TLS
  localStorage.setItem(KEPT_FOR, user);
}

export async function startInstalling() {
  await forgetOthers(document.body.dataset.user ?? "");
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  await navigator.serviceWorker.register("/service-worker.js");
}
