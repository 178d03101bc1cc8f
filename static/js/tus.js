/**
 * One file to the server by tus 1.0: in parts, going on where it was after whatever cut it off.
 *
 * Where an upload stands on the server is remembered by the file's name, size and time, so that a
 * file that is chosen again after a reload goes on too. Written here because the well-known client
 * is twenty times as long, for browsers and servers that the studio does not meet.
 */

const PART = 4 * 1024 * 1024; // bytes
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]; // milliseconds between attempts
const TUS = { "Tus-Resumable": "1.0.0" };
const LOOK = 1_000; // milliseconds between looks at what became of it

const sleep = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** The server's refusal, in words for people. */
export class Refused extends Error {}

/** A request whose sending can be watched; the connection failing is a TypeError, as with fetch. */
function send(method, url, headers, body, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.onprogress = ({ loaded }) => onProgress?.(loaded);
    request.onload = () => resolve(request);
    request.onerror = () => reject(new TypeError("the connection failed"));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

function reasonIn(request) {
  try {
    const { detail, errors } = JSON.parse(request.responseText);
    return Object.values(errors ?? {}).flat().join(" ") || detail;
  } catch {
    return "The server refused it. Reload the page and try again.";
  }
}

export class Upload {
  /** `onProgress` is told a share from 0 to 1, `onWait` that the connection is away. */
  constructor(file, { url, purpose = "asset", user, token, onProgress, onWait }) {
    Object.assign(this, { file, url, purpose, token, onProgress, onWait });
    this.stopped = new AbortController();
    this.place = ["upload", user, purpose, file.name, file.size, file.lastModified].join(":");
  }

  /** Send it to the end, and answer with what became of it. Refused says why it did not. */
  async run() {
    const address = await this.insist(() => this.found());
    let offset = await this.insist(() => this.offsetAt(address));
    while (offset < this.file.size) {
      const from = offset;
      offset = await this.insist((again) => this.next(address, from, again));
    }
    localStorage.removeItem(this.place);
    return this.judged(address);
  }

  /** Stop it, and have the server forget what arrived. */
  async stop() {
    this.stopped.abort(new Refused("Stopped."));
    const address = localStorage.getItem(this.place);
    localStorage.removeItem(this.place);
    if (address) await fetch(address, { method: "DELETE", headers: this.headers() }).catch(() => null);
  }

  headers(more = {}) {
    return { ...TUS, "X-CSRFToken": this.token, ...more };
  }

  request(method, url, headers, body = null, onProgress = null) {
    this.stopped.signal.throwIfAborted();
    return send(method, url, this.headers(headers), body, { signal: this.stopped.signal, onProgress });
  }

  /** Try until it works, with pauses; what the server refuses is not tried again. */
  async insist(attempt) {
    for (let number = 0; ; number += 1) {
      try {
        return await attempt(number);
      } catch (error) {
        if (error instanceof Refused || number >= PAUSES.length) throw error;
        this.onWait?.();
        await sleep(PAUSES[number]);
      }
    }
  }

  /** What a reply is worth: itself, an error to try again after, or a refusal. */
  checked(request, fine) {
    if (fine.includes(request.status)) return request;
    if (request.status >= 500 || request.status === 0) throw new TypeError(`status ${request.status}`);
    throw new Refused(reasonIn(request));
  }

  /** Where it is on the server: from before if that still holds, else begun now. */
  async found() {
    const known = localStorage.getItem(this.place);
    if (known && this.checked(await this.request("HEAD", known), [200, 404]).status === 200) return known;
    const told = `filename ${base64(this.file.name)},purpose ${base64(this.purpose)}`;
    const begun = await this.request("POST", this.url, { "Upload-Length": this.file.size, "Upload-Metadata": told });
    const address = this.checked(begun, [201]).getResponseHeader("Location");
    localStorage.setItem(this.place, address);
    return address;
  }

  async offsetAt(address) {
    const reply = this.checked(await this.request("HEAD", address), [200]);
    return Number(reply.getResponseHeader("Upload-Offset"));
  }

  /** Send what follows `from`; after a failure, first ask how much of it came through. */
  async next(address, from, again) {
    const offset = again ? await this.offsetAt(address) : from;
    if (offset > from) return offset;
    const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
    const part = this.file.slice(offset, offset + PART);
    const tell = (loaded) => this.onProgress?.((offset + loaded) / this.file.size);
    const reply = this.checked(await this.request("PATCH", address, headers, part, tell), [204, 409]);
    return reply.status === 409 ? this.offsetAt(address) : Number(reply.getResponseHeader("Upload-Offset"));
  }

  /** What the server made of the whole file: its description once that is decided. */
  async judged(address) {
    for (;;) {
      const reply = await this.insist(async () => this.checked(await this.request("GET", address), [200]));
      const upload = JSON.parse(reply.responseText);
      if (upload.status === "failed") throw new Refused(upload.error);
      if (upload.status === "completed") return upload;
      await sleep(LOOK);
    }
  }
}
