/**
 * `<reference-box name label>`: takes a picture from a file, a URL, the clipboard or a tile
 * that is dropped on it, and says what it holds or why it refused.
 */

const UPLOADS = "/api/v1/references";
const TILE = "application/x-ourvidz-asset";

const csrfToken = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

/** POST `body` to the references; the answer, or an Error with the reason. */
async function upload(body, headers = {}) {
  const reply = await fetch(UPLOADS, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), ...headers } });
  const answer = await reply.json().catch(() => ({ detail: "The server could not take it." }));
  if (reply.ok) return answer;
  throw new Error(Object.values(answer.errors ?? {}).flat().join(" ") || answer.detail);
}

/** The id of the library's asset whose page `url` is, or null: a tile dragged here from there. */
export function libraryAssetAt(url) {
  const { origin, pathname } = new URL(url.split("\n")[0].trim(), location.href);
  return origin === location.origin ? (pathname.match(/^\/library\/([0-9a-f-]{36})\/$/)?.[1] ?? null) : null;
}

class ReferenceBox extends HTMLElement {
  chosen = 0; // how often something was

  connectedCallback() {
    this.picture = this.querySelector(".reference__picture");
    this.addEventListener("dragover", (event) => this.welcome(event));
    this.addEventListener("dragleave", () => this.classList.remove("is-target"));
    this.addEventListener("drop", (event) => this.take(event));
    this.addEventListener("change", (event) => event.target.matches("[data-file]") && this.takeFile(event.target.files[0]));
    this.querySelector("[data-load-url]").addEventListener("click", () => this.takeUrl());
    this.querySelector("[data-clear-reference]").addEventListener("click", () => this.clear());
    this.querySelector("[data-url]").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.takeUrl();
    });
    this.clear();
  }

  get isEmpty() {
    return this.picture.hidden;
  }

  welcome(event) {
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.classList.add("is-target");
  }

  take(event) {
    event.preventDefault();
    this.classList.remove("is-target");
    const tile = event.dataTransfer.getData(TILE);
    const [file] = event.dataTransfer.files;
    const url = event.dataTransfer.getData("text/uri-list");
    if (tile) this.holdAsset(...JSON.parse(tile));
    else if (url && libraryAssetAt(url)) this.takeLibraryAsset(libraryAssetAt(url));
    else if (file) this.takeFile(file);
    else if (url) this.takeUrl(url);
    else this.refuse("Drop a picture, a link to one, or a tile.");
  }

  async takeFile(file) {
    if (!file) return;
    const form = new FormData();
    form.append("file", file);
    await this.store(() => upload(form), URL.createObjectURL(file), file.name);
  }

  async takeUrl(url = this.querySelector("[data-url]").value.trim()) {
    if (!url) return this.refuse("Type an address that begins with https://");
    const send = () => upload(JSON.stringify({ url }), { "Content-Type": "application/json" });
    await this.store(send, "", url);
  }

  /** Hold one of the user's own out of the library; false where it is not there. */
  async takeLibraryAsset(id) {
    const number = this.choose();
    const reply = await fetch(`/api/v1/library/assets/${encodeURIComponent(id)}`).catch(() => null);
    const picture = reply?.ok ? (await reply.json()).urls.thumbnail : null;
    if (number !== this.chosen) return false;
    if (picture) this.holdAsset(id, picture, "your library");
    else this.refuse("It is not in your library any more.");
    return Boolean(picture);
  }

  /** Hold what `send` stores, unless something else was chosen by then. */
  async store(send, picture, source) {
    const number = this.choose();
    this.classList.add("is-busy");
    try {
      const { upload_id: id, thumbnail_url: thumbnail } = await send();
      if (number === this.chosen) this.hold({ upload: id }, picture || thumbnail, source);
    } catch (error) {
      if (number === this.chosen) this.refuse(error.message);
    }
  }

  /** Something else counts from now on, and what is still on its way does not; its number. */
  choose() {
    this.classList.remove("is-busy");
    this.chosen += 1;
    return this.chosen;
  }

  /** Whether what was chosen is still on its way. */
  get isBusy() {
    return this.classList.contains("is-busy");
  }

  /** Tell whoever waits for it whether it is `held`. */
  settle(held) {
    this.classList.remove("is-busy");
    this.dispatchEvent(new CustomEvent("reference-settled", { bubbles: true, detail: { held } }));
  }

  /** Hold one of the user's own assets. */
  holdAsset(id, picture, source) {
    this.hold({ asset: id }, picture, source);
  }

  hold({ upload: uploadId = "", asset = "" }, picture, source) {
    this.choose();
    this.setParts(true);
    this.querySelector("[data-upload]").value = uploadId;
    this.querySelector("[data-asset-id]").value = asset;
    this.picture.src = picture;
    this.picture.hidden = false;
    this.querySelector("[data-source]").textContent = `From ${source}`;
    this.querySelector("[data-clear-reference]").hidden = false;
    this.querySelector("[data-error]").hidden = true;
    this.tell();
    this.settle(true);
  }

  clear() {
    this.choose();
    this.picture.removeAttribute("src");
    this.picture.hidden = true;
    this.querySelector("[data-upload]").value = this.querySelector("[data-asset-id]").value = "";
    this.querySelector("[data-file]").value = "";
    this.querySelector("[data-clear-reference]").hidden = true;
    this.querySelector("[data-source]").textContent = "Drop a tile or a file on the box, paste a picture, or choose one.";
    this.setParts(false);
    this.tell();
    this.settle(false);
  }

  /** Without a picture its kind and strength are not sent. */
  setParts(on) {
    this.querySelectorAll("[data-part]").forEach((part) => {
      part.disabled = !on;
    });
  }

  refuse(reason) {
    const error = this.querySelector("[data-error]");
    error.textContent = reason;
    error.hidden = false;
    this.querySelector("[popover]").showPopover({ source: this.querySelector("button") });
    this.settle(false);
  }

  tell() {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

customElements.define("reference-box", ReferenceBox);

document.addEventListener("dragstart", (event) => {
  const tile = event.target.closest?.("[data-asset]");
  const image = tile?.querySelector("img");
  if (!image) return;
  event.dataTransfer.setData(TILE, JSON.stringify([tile.dataset.asset, image.src, "your workspace"]));
  event.dataTransfer.effectAllowed = "copy";
});

document.addEventListener("paste", (event) => {
  const [file] = event.clipboardData.files;
  const box = document.querySelector("reference-box:not([hidden])");
  if (!file || !box) return;
  event.preventDefault();
  box.takeFile(file);
});
