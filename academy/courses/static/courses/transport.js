// Saves what content wrote: one request in flight, all that is unacknowledged in each, nothing claimed before the answer.
"use strict";

const OF_SESSION = ["cmi.core.exit", "cmi.core.session_time"];

window.AcademyTransport = class {
  static quiet = 1000; // ms without a change until it saves by itself
  static longest = 10000; // ms from the first change
  static patience = 15000; // ms until a request counts as lost
  static beaconLimit = 60000; // browsers refuse beacons above 64 KB

  constructor({ api, token, seq }, report) {
    Object.assign(this, { api, token, seq, report });
    this.data = {}; // element → text, all that was written since the page opened
    this.acked = {}; // what of it the server has
    this.queue = []; // ends of sessions, each with what it ended with, in order
    this.session = 0;
    this.opening = false; // a session began that the server does not know yet
    this.changes = 0;
    this.wait = 0;
    this.failed = "";
    this.savedAt = null;
    this.superseded = false;
    this.signedOut = false;
    this.sending = null;
    this.timer = this.deadline = this.retryTimer = 0;
    addEventListener("online", () => this.retry());
  }

  write(element, value) {
    this.data[element] = value;
    this.changes += 1;
    this.schedule();
  }

  begin() {
    for (const element of OF_SESSION) {
      delete this.data[element];
      delete this.acked[element];
    }
    this.session = this.seq + this.queue.length + 1;
    this.opening = true;
    this.flush();
  }

  end(how, { close = false } = {}) {
    this.queue.push({ session: this.session, end: how, close, data: { ...this.data } });
    this.opening = false;
    this.flush();
  }

  get isDirty() {
    return this.queue.length > 0 || this.opening || Object.keys(this.unsent(this.data)).length > 0;
  }

  unsent(data) {
    return Object.fromEntries(Object.entries(data).filter(([element, value]) => this.acked[element] !== value));
  }

  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.constructor.quiet);
    this.deadline ||= setTimeout(() => this.flush(), this.constructor.longest);
  }

  retry() {
    clearTimeout(this.retryTimer);
    this.wait = 0;
    return this.flush();
  }

  // Sends until nothing is left; resolves to true where the server has everything.
  flush() {
    clearTimeout(this.timer);
    clearTimeout(this.deadline);
    this.deadline = 0;
    this.sending ||= this.drain().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  async drain() {
    while (this.isDirty) {
      const changes = this.changes;
      const item = this.next();
      const busy = setTimeout(() => this.tell("saving"), 1000);
      const problem = await this.send(item);
      clearTimeout(busy);
      if (problem) {
        this.fail(problem);
        return false;
      }
      this.changes -= changes;
    }
    clearTimeout(this.retryTimer);
    this.wait = 0;
    this.failed = "";
    if (this.savedAt) this.tell("saved");
    return true;
  }

  next() {
    return this.queue[0] || this.live();
  }

  live() {
    return { session: this.session, end: "", close: false, data: { ...this.data } };
  }

  body(item) {
    this.seq += 1;
    const { session, end, close } = item;
    return JSON.stringify({ token: this.token, seq: this.seq, session, end, close, data: this.unsent(item.data) });
  }

  async send(item) {
    const given = this.unsent(item.data);
    const stop = new AbortController();
    const lost = setTimeout(() => stop.abort(), this.constructor.patience);
    try {
      const answer = await fetch(`${this.api}/commit`, {
        method: "POST",
        body: this.body(item),
        headers: { "Content-Type": "text/plain;charset=UTF-8" },
        signal: stop.signal,
      });
      const told = await answer.json();
      if (!answer.ok) return told.error || "refused";
      this.acknowledge(item, given, told);
      return "";
    } catch {
      return "line";
    } finally {
      clearTimeout(lost);
    }
  }

  acknowledge(item, given, told) {
    Object.assign(this.acked, given);
    if (item.session !== this.session) OF_SESSION.forEach((element) => delete this.acked[element]);
    if (this.queue[0] === item) this.queue.shift();
    else if (item.session === this.session) this.opening = false;
    this.savedAt = told.saved;
    this.hear(told.state);
  }

  hear(state) {
    if (state === "superseded") this.supersede();
    if (state === "signed-out" && !this.signedOut) {
      this.signedOut = true;
      this.report({ type: "signed-out" });
    }
  }

  supersede() {
    if (this.superseded) return;
    this.superseded = true;
    this.report({ type: "superseded" });
  }

  fail(problem) {
    this.failed = problem;
    this.wait = Math.min(this.wait ? this.wait * 2 : 1000, 60000);
    this.tell("failed");
    if (problem === "token-expired") this.report({ type: "token" });
    if (problem === "too-large" || problem === "token-foreign") return;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.flush(), this.wait);
  }

  tell(state) {
    this.report({ type: "state", state, reason: this.failed, changes: Math.max(1, this.changes), at: this.savedAt });
  }

  // The page goes away: no answer can be awaited, so all is handed to the browser, each part with all before it.
  leave() {
    if (!this.isDirty) return;
    const live = this.queue.length && !this.opening ? [] : [this.live()];
    for (const item of [...this.queue, ...live]) {
      const body = this.body(item);
      const small = body.length < this.constructor.beaconLimit;
      const handed = small && navigator.sendBeacon(`${this.api}/commit`, new Blob([body], { type: "text/plain" }));
      if (!handed) fetch(`${this.api}/commit`, { method: "POST", body }).catch(() => {});
    }
  }

  // Says that the player is there, hears whether another one took over, and renews the token.
  async ask(method) {
    try {
      const headers = { Authorization: `Bearer ${this.token}` };
      const answer = await fetch(`${this.api}/state`, { method, headers, cache: "no-store" });
      const told = await answer.json();
      if (told.error === "token-expired") this.report({ type: "token" });
      if (told.token) this.token = told.token;
      this.hear(told.state);
    } catch {
      // the line is down: saving says so as soon as there is something to save
    }
  }
};
