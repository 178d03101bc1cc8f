/**
 * The service worker, and whose device this is: what is kept for one user is thrown away when
 * they sign out, or when another signs in.
 */

import { empty } from "./outbox.js";

const KEPT_FOR = "ourvidz.kept-for";

async function forgetOthers(user) {
  if (localStorage.getItem(KEPT_FOR) === user) return;
  await Promise.all([caches.delete("seen"), empty()]);
  localStorage.setItem(KEPT_FOR, user);
}

export async function startInstalling() {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  await forgetOthers(document.body.dataset.user ?? "");
  await navigator.serviceWorker.register("/service-worker.js");
}
