/** A websocket of the page that comes back by itself, with what it says and hears as JSON. */

const LONGEST_WAIT = 5_000;
const SIGNED_OUT = 4401;

export class Socket {
  tries = 0; // since it was open last

  /** `opened()` at every (re)connect, `heard(message)`, `lost()` while it is away. */
  constructor(path, { opened, heard, lost = () => {} }) {
    Object.assign(this, { path, opened, heard, lost });
    this.connect();
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  connect() {
    const address = new URL(this.path, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.addEventListener("open", () => {
      this.tries = 0;
      this.opened();
    });
    this.socket.addEventListener("message", ({ data }) => this.heard(JSON.parse(data)));
    this.socket.addEventListener("close", (event) => this.closed(event));
  }

  closed({ code }) {
    if (code === SIGNED_OUT) {
      location.reload(); // the sign-in page says so
      return;
    }
    this.lost();
    setTimeout(() => this.connect(), Math.min(LONGEST_WAIT, 250 * 2 ** this.tries) * (0.5 + Math.random() / 2));
    this.tries += 1;
  }
}
