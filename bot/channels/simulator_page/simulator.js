// Two phones, one conversation each. Every sentence stands in index.html; what people and
// the assistant write is only ever set as text, never as markup.

const NEAR_END = 60; // pixels from the end within which a thread follows what comes
const TYPING_LASTS = 6000; // milliseconds, as on a real messenger
const COME_BACK = 2000; // milliseconds before a refused stream is asked for again
const SETTLED = 250; // milliseconds after which what the server kept has arrived
const TALLEST_INPUT = 120; // pixels

// GSM 03.38, as core/sms.py counts it: characters of the second table take two places.
const GSM_BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const GSM_EXTENDED = new Set("\f^{}\\[~]|€");

// Places taken, places in that many SMS, and how many SMS.
export function smsSize(text) {
  const unicode = [...text].some((char) => !GSM_BASIC.has(char) && !GSM_EXTENDED.has(char));
  const [single, part] = unicode ? [70, 67] : [160, 153];
  let used = 0;
  let inPart = 0;
  let parts = 1;
  for (const char of text) {
    const places = unicode ? char.length : GSM_EXTENDED.has(char) ? 2 : 1;
    used += places;
    inPart += places;
    if (inPart > part) {
      parts += 1;
      inPart = places;
    }
  }
  return used <= single
    ? { used, room: single, segments: 1 }
    : { used, room: part * parts, segments: parts };
}

// Web addresses, with or without https://, but not the end of an e-mail address.
const ADDRESS =
  /(?<![\p{L}\p{N}@._-])(?:https?:\/\/[^\s<>"«»]+|(?:[a-z0-9-]+\.)+(?:fr|com|org|net|eu|info)(?![\p{L}\p{N}@-]|\.[\p{L}\p{N}])(?:[/?#][^\s<>"«»]*)?)/giu;

function writeText(element, text) {
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutPunctuation(match[0]);
    const link = asLink(address);
    if (!link) continue;
    element.append(text.slice(end, match.index), link);
    end = match.index + address.length;
  }
  element.append(text.slice(end));
}

function withoutPunctuation(address) {
  let end = address.replace(/[.,;:!?'’…]+$/u, "");
  if (end.endsWith(")") && !end.includes("(")) end = withoutPunctuation(end.slice(0, -1));
  return end;
}

function asLink(address) {
  try {
    const url = new URL(/^https?:/i.test(address) ? address : `https://${address}`);
    if (url.protocol !== "https:" && url.protocol !== "http:") return null;
    const link = document.createElement("a");
    link.href = url.href;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    // A long address breaks after a dot or a slash.
    for (const piece of address.split(/(?<=[/.])/)) {
      link.append(piece, document.createElement("wbr"));
    }
    return link;
  } catch {
    return null;
  }
}

// A file that came with a message, to be kept by a click.
function asFile({ name, type, content }) {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const link = document.createElement("a");
  link.className = "file";
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.textContent = name;
  return link;
}

const cut = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const hour = (date) => date.toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });

// Who is holding the phone: a random id, the same after a reload.
class Holder {
  constructor(phone) {
    this.key = `tne.simulator.${phone}`;
    this.id = this.kept() ?? this.change();
  }

  kept() {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }

  change() {
    this.id = crypto.randomUUID();
    try {
      localStorage.setItem(this.key, this.id);
    } catch {
      // Without storage the person lasts as long as the page.
    }
    return this.id;
  }

  // Numbers from 06 39 98 00 00 to 06 39 98 99 99 are kept for fiction (Arcep).
  get number() {
    const digits = String(parseInt(this.id.slice(-6), 16) % 10000).padStart(4, "0");
    return `+33 6 39 98 ${digits.slice(0, 2)} ${digits.slice(2)}`;
  }
}

class Phone {
  constructor(section) {
    this.section = section;
    this.name = section.dataset.name;
    this.kind = section.dataset.kind;
    this.part = {};
    for (const one of section.querySelectorAll("[data-part]")) this.part[one.dataset.part] = one;
    this.holder = new Holder(this.name);
    this.rows = new Map();
    this.listen();
    this.changed();
    this.connect();
  }

  listen() {
    const { form, input, thread } = this.part;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write(input.value);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.write(input.value);
    });
    input.addEventListener("input", () => this.changed());
    this.part.new.addEventListener("click", () => this.newPerson());
    thread.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.matches("[data-tap]")) this.tap(button);
      if (button?.matches("[data-example]")) this.write(button.textContent);
      // The other buttons vanish when pressed: whoever uses a keyboard stays where they were.
      if (button?.matches("[data-example], .retry")) thread.focus({ preventScroll: true });
    });
    thread.addEventListener("scroll", () => this.more());
    this.part.down.addEventListener("click", () => (thread.scrollTop = thread.scrollHeight));
    if (this.part.things) this.listenToThings();
    if (this.part.clear) this.listenToKeys();
  }

  listenToThings() {
    const { attach, things, input } = this.part;
    const open = (wanted) => {
      things.hidden = !wanted;
      attach.setAttribute("aria-expanded", String(wanted));
    };
    attach.addEventListener("click", () => open(things.hidden));
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".attach")) open(false);
    });
    attach.parentElement.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      open(false);
      attach.focus();
    });
    things.addEventListener("click", (event) => {
      const button = event.target.closest("[data-event]");
      if (!button) return;
      const message = { event: button.dataset.event };
      if (button.dataset.location) message.location = JSON.parse(button.dataset.location);
      open(false);
      input.focus();
      this.send(message);
    });
  }

  listenToKeys() {
    const { input, thread, clear } = this.part;
    for (const key of this.section.querySelectorAll(".key")) {
      // Pressing a key leaves the cursor where it is.
      key.addEventListener("pointerdown", (event) => event.preventDefault());
      if (key.dataset.key) key.addEventListener("click", () => this.insert(key.dataset.key));
      if (key.dataset.scroll) {
        const by = Number(key.dataset.scroll);
        key.addEventListener("click", () => thread.scrollBy({ top: by * 0.6 * thread.clientHeight }));
      }
    }
    clear.addEventListener("click", () => {
      const { selectionStart: start, selectionEnd: end, value } = input;
      const last = [...value.slice(0, start)].at(-1) ?? "";
      input.setRangeText("", start === end ? start - last.length : start, end, "end");
      this.changed();
    });
  }

  insert(text) {
    const { input } = this.part;
    input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    this.changed();
  }

  // What is being written: its height on the one phone, its price on the other.
  changed() {
    const { input, counter, number } = this.part;
    if (counter) {
      const { used, room, segments } = smsSize(input.value);
      counter.textContent = `${used}/${room} (${segments})`;
      number.textContent = this.holder.number;
    } else {
      input.style.height = "auto";
      if (input.scrollHeight) input.style.height = `${Math.min(input.scrollHeight, TALLEST_INPUT)}px`;
    }
  }

  // Out

  write(text) {
    if (!text.trim()) return;
    this.part.input.value = "";
    this.changed();
    this.send({ text });
  }

  send(message) {
    const id = crypto.randomUUID();
    this.catchingUp = false; // whoever writes reads what comes now
    const row = this.draw({ id, from: "person", ...message });
    const retry = row.querySelector(".retry");
    const post = async () => {
      row.classList.remove("failed");
      row.classList.add("sending");
      const atEnd = this.isAtEnd();
      const status = await this.post({ id, ...message });
      row.classList.remove("sending");
      if (status === 202) return;
      row.classList.add("failed");
      if (status === 400) retry.textContent = retry.dataset.refused;
      retry.disabled = status === 400;
      if (atEnd) this.scrollTo(row);
    };
    retry.addEventListener("click", post);
    post();
  }

  async tap(button) {
    this.press(button.dataset.tap);
    const status = await this.post({ id: crypto.randomUUID(), tapped: button.dataset.tap });
    if (status !== 202) button.setAttribute("aria-pressed", "false");
  }

  // The status of the answer, 0 when there was none.
  async post(message) {
    try {
      const response = await fetch(`/simulator/${this.name}/messages`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ person: this.holder.id, ...message }),
      });
      return response.status;
    } catch {
      return 0;
    }
  }

  // In

  connect() {
    this.disconnect();
    const person = encodeURIComponent(this.holder.id);
    this.stream = new EventSource(`/simulator/${this.name}/events?person=${person}`);
    this.stream.onopen = () => {
      this.state("online");
      this.catchingUp = true;
      this.settling = setTimeout(() => {
        this.catchingUp = false;
        this.hint();
      }, SETTLED);
    };
    this.stream.onmessage = (event) => this.receive(JSON.parse(event.data));
    this.stream.addEventListener("typing", () => this.typing(true));
    this.stream.onerror = () => {
      this.state("offline");
      if (this.stream.readyState !== EventSource.CLOSED) return;
      this.comingBack = setTimeout(() => this.connect(), COME_BACK);
    };
  }

  disconnect() {
    clearTimeout(this.comingBack);
    clearTimeout(this.settling);
    this.stream?.close();
  }

  receive(message) {
    if (message.from === "assistant") this.typing(false);
    if (message.tapped) this.press(message.tapped);
    else if (this.rows.has(message.id)) this.rows.get(message.id).classList.remove("failed", "sending");
    else this.draw(message);
  }

  draw(message) {
    const { thread, typing } = this.part;
    const row = cut(`${this.kind}-${message.from}`);
    const text = row.querySelector(".text");
    if (message.event) {
      text.replaceWith(cut(`event-${message.event}`));
      row.classList.add("with-thing");
    } else {
      writeText(text, message.text ?? "");
    }
    if (message.file) text.before(asFile(message.file));
    const at = message.at ? new Date(message.at) : new Date();
    const time = row.querySelector("time");
    time.dateTime = at.toISOString();
    time.textContent = hour(at);
    const choices = message.choices ?? [];
    for (const choice of choices) row.querySelector(".choices")?.append(this.choice(choice));
    // Thumbs stand beside each other.
    row.querySelector(".choices")?.classList.toggle("signs", choices.every(({ label }) => [...label].length === 1));
    if (message.segments) row.querySelector(".size")?.append(this.size(message));
    const follows = this.catchingUp || this.isAtEnd() || message.from === "person";
    thread.insertBefore(row, typing ?? null);
    this.rows.set(message.id, row);
    this.hint();
    if (follows) this.scrollTo(row);
    this.more();
    if (message.from === "assistant" && !thread.offsetParent) notify(this.section, true);
    return row;
  }

  choice({ label, tap }) {
    const button = document.createElement("button");
    button.type = "button";
    button.dir = "auto";
    button.dataset.tap = tap;
    button.textContent = label;
    button.setAttribute("aria-pressed", "false");
    return button;
  }

  size({ segments, unicode }) {
    const words = document.getElementById("sms-size").dataset;
    const count = segments === 1 ? words.one : words.many.replace("{n}", segments);
    return count + (unicode ? words.unicode : "");
  }

  // A button stays pressed: it is what this person answered.
  press(tap) {
    const [delivery] = tap.split(":");
    for (const button of this.part.thread.querySelectorAll(`[data-tap^="${delivery}:"]`)) {
      button.setAttribute("aria-pressed", String(button.dataset.tap === tap));
    }
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.part.thread;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  // To the end, or to the first line of a message taller than the screen.
  scrollTo(row) {
    const { thread } = this.part;
    const tall = row.offsetHeight > thread.clientHeight && !this.catchingUp;
    thread.scrollTop = tall ? row.offsetTop : thread.scrollHeight;
  }

  // Says when there is more to read below.
  more() {
    this.part.down.hidden = this.isAtEnd();
  }

  hint() {
    this.part.hint.hidden = this.rows.size > 0 || Boolean(this.catchingUp);
  }

  state(name) {
    const { state } = this.part;
    this.section.dataset.state = name;
    state.textContent = state.dataset[name] ?? state.textContent;
  }

  typing(shown) {
    const { typing, thread } = this.part;
    if (!typing) return;
    clearTimeout(this.typingEnds);
    const atEnd = this.isAtEnd();
    typing.hidden = !shown;
    if (shown || this.section.dataset.state === "typing") this.state(shown ? "typing" : "online");
    if (!shown) return;
    if (atEnd) thread.scrollTop = thread.scrollHeight;
    this.typingEnds = setTimeout(() => this.typing(false), TYPING_LASTS);
  }

  newPerson() {
    this.disconnect();
    this.holder.change();
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    if (this.part.typing) this.part.typing.hidden = true;
    this.part.input.value = "";
    this.changed();
    this.part.input.focus();
    this.connect();
  }

  shown() {
    notify(this.section, false);
    this.changed();
    this.part.thread.scrollTop = this.part.thread.scrollHeight;
  }
}

// On a narrow screen one phone is shown at a time, and a dot tells of news on the other.

const switches = [...document.querySelectorAll("[data-shows]")];

function notify(section, news) {
  const button = switches.find((one) => one.dataset.shows === section.id);
  button.querySelector(".news").hidden = !news;
}

const phones = [...document.querySelectorAll("[data-name]")].map((section) => new Phone(section));

for (const button of switches) {
  button.addEventListener("click", () => {
    document.body.dataset.shown = button.dataset.shows;
    for (const one of switches) one.setAttribute("aria-pressed", String(one === button));
    phones.find((phone) => phone.section.id === button.dataset.shows).shown();
  });
}

// A browser opens six streams to one server in all: pages that nobody sees give theirs back,
// and find what came meanwhile when they are looked at again.
document.addEventListener("visibilitychange", () => {
  for (const phone of phones) document.hidden ? phone.disconnect() : phone.connect();
});
addEventListener("pagehide", () => phones.forEach((phone) => phone.disconnect()));
addEventListener("pageshow", (event) => {
  if (event.persisted) phones.forEach((phone) => phone.connect());
});

const clock = document.querySelector("[data-part=clock]");
const tick = () => (clock.textContent = hour(new Date()));
setInterval(tick, 10_000);
tick();
