/** Own files into the library: chosen or dropped, each with its progress and its end in a tray. */

import { Refused, Upload } from "./tus.js";

const AT_ONCE = 3;
const tray = document.getElementById("upload-tray");
const list = tray.querySelector("ul");
const summary = tray.querySelector("[data-tray-summary]");
const waiting = [];
const unfinished = new Set();
let running = 0;

const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

class Row {
  constructor(file, purpose) {
    this.element = tray.querySelector("template").content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file.name;
    this.upload = new Upload(file, {
      url: tray.dataset.url,
      purpose,
      user: document.body.dataset.user,
      token: token(),
      onProgress: (share) => this.progress(share),
      onWait: () => this.say("Waiting for the connection…"),
    });
    this.purpose = purpose;
    this.part("stop").setAttribute("aria-label", `Stop ${file.name}`);
    this.part("stop").addEventListener("click", () => this.stop());
    list.append(this.element);
  }

  part(name) {
    return this.element.querySelector(`[data-upload-${name}]`);
  }

  say(words, state = "") {
    this.part("state").textContent = words;
    this.element.dataset.state = state;
  }

  progress(share) {
    this.part("bar").value = share;
    this.say(share < 1 ? `${Math.floor(100 * share)} %` : "Checking…");
  }

  async run() {
    try {
      this.end(await this.upload.run());
    } catch (error) {
      const reason = error instanceof Refused ? error.message : "The connection did not come back. Choose the file again to go on.";
      this.say(reason, "failed");
    }
    this.part("bar").hidden = true;
    this.part("stop").hidden = true;
  }

  end(upload) {
    this.say(upload.import_id ? "Being imported" : "In your library", "done");
    const link = this.part("link");
    link.href = upload.import_id ? tray.dataset.uploadsUrl : `${tray.dataset.libraryUrl}${upload.asset_id}/`;
    link.hidden = false;
  }

  stop() {
    const place = waiting.indexOf(this);
    if (place >= 0) {
      waiting.splice(place, 1);
      unfinished.delete(this);
    }
    this.upload.stop();
    this.element.remove();
    showSummary();
  }
}

function showSummary() {
  const rows = [...list.children];
  const done = rows.filter((row) => row.dataset.state === "done").length;
  const failed = rows.filter((row) => row.dataset.state === "failed").length;
  summary.textContent = `${done} of ${rows.length} done${failed ? `, ${failed} refused` : ""}`;
  tray.querySelector("[data-tray-close]").hidden = unfinished.size > 0;
  tray.hidden = rows.length === 0;
}

async function next() {
  const row = waiting.shift();
  if (!row) return;
  running += 1;
  await row.run();
  running -= 1;
  unfinished.delete(row);
  showSummary();
  document.dispatchEvent(new CustomEvent("upload-ended", { detail: { purpose: row.purpose } }));
  next();
}

function take(files, purpose) {
  for (const file of files) {
    const row = new Row(file, purpose);
    waiting.push(row);
    unfinished.add(row);
  }
  showSummary();
  while (running < AT_ONCE && waiting.length) next();
}

const purposeOf = (file) => (/\.zip$/i.test(file.name) ? "archive" : "asset");
const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

function startDropping() {
  let depth = 0;
  const mark = (by) => {
    depth = by ? Math.max(0, depth + by) : 0;
    document.body.toggleAttribute("data-dropping", depth > 0);
  };
  document.addEventListener("dragenter", (event) => carriesFiles(event) && mark(1));
  document.addEventListener("dragleave", (event) => carriesFiles(event) && mark(-1));
  document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(0);
    const files = [...event.dataTransfer.files];
    files.forEach((file) => take([file], purposeOf(file)));
  });
}

function startChoosing() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-upload]");
    if (!button) return;
    event.preventDefault();
    document.getElementById(button.dataset.upload).click();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-upload-purpose]")) return;
    take(event.target.files, event.target.dataset.uploadPurpose);
    event.target.value = "";
  });
}

tray.querySelector("[data-tray-close]").addEventListener("click", () => {
  list.replaceChildren();
  showSummary();
});
window.addEventListener("beforeunload", (event) => unfinished.size && event.preventDefault());
startDropping();
startChoosing();
