// The bar above learning content: says whether work is saved, leaves only when it is, and hears of a take-over.

const told = JSON.parse(document.getElementById("player").textContent);
const frame = document.getElementById("frame");
const state = document.querySelector("[data-save-state]");
const words = state.querySelector("[data-save-words]");
const strips = Object.fromEntries([...document.querySelectorAll("[data-strip]")].map((strip) => [strip.dataset.strip, strip]));
const KINDS = { saved: "saved", saving: "waiting", failed: "offline" };

let guarded = true;
let taken = false;
let after = null; // what happens once everything is saved

const text = (name, values = {}) =>
  Object.entries(values).reduce((found, [key, value]) => found.replace(`{${key}}`, value), told.texts[name]);

const time = (at) =>
  new Date(at).toLocaleTimeString(told.language, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: told.zone });

const send = (message) => frame.contentWindow?.postMessage(message, told.content);

function show(name, sentence) {
  for (const [kind, strip] of Object.entries(strips)) strip.hidden = kind !== name;
  if (name && sentence) strips[name].querySelector("p span").textContent = sentence;
}

// Announced on change only: the text is set only where it differs.
function tell(kind, sentence) {
  if (words.textContent.trim() === sentence && state.dataset.saveState === kind) return;
  state.className = `save-state save-state--${kind}`;
  state.dataset.saveState = kind;
  state.querySelector("use").setAttribute("href", told.icons[kind]);
  words.textContent = sentence;
}

const handlers = {
  state({ state: name, reason, changes, at }) {
    if (told.preview || taken) return;
    if (name === "saved") {
      tell("saved", text("saved", { time: time(at) }));
      if (!strips.failed.hidden) show(null);
    } else if (name === "saving") {
      tell("waiting", text("saving"));
    } else if (name === "failed") {
      tell("offline", text("failed"));
      const sentence = told.reasons[reason] || told.reasons.refused;
      show("failed", at ? `${sentence} ${text("last", { time: time(at) })}` : sentence);
      strips.failed.querySelector("[data-anyway]").hidden = !after;
      strips.failed.dataset.changes = changes;
    }
  },
  loaded() {},
  speaking() {
    if (!strips.silent.hidden || !strips.finished.hidden) show(null);
  },
  silent: () => show("silent"),
  finished: () => strips.failed.hidden && show("finished"),
  token: renew,
  active: () => document.dispatchEvent(new Event("academy:active")),
  "signed-out": () => {
    after = () => location.replace(told.signedOut);
    show("leaving");
  },
  superseded() {
    guarded = false;
    taken = true;
    show(null);
    document.getElementById("taken").hidden = false;
    document.getElementById("taken").querySelector("h2").focus();
    tell("offline", text("elsewhere"));
  },
  closed() {
    guarded = false;
    if (after) after();
  },
};

async function renew() {
  try {
    const answer = await fetch(told.renew, { method: "POST", headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return show("failed", told.reasons["signed-out"]);
    send({ type: "token", token: (await answer.json()).token });
  } catch {
    // the line is down: the API page asks again with its next attempt
  }
}

function leave(then) {
  after = then;
  show("leaving");
  send({ type: "leave" });
}

// The session ends, or has ended in another window: what was done is saved first.
document.addEventListener("academy:end", (event) => {
  event.preventDefault();
  leave(event.detail);
});

function submit(form) {
  guarded = false;
  HTMLFormElement.prototype.submit.call(form);
}

addEventListener("message", (event) => {
  if (event.origin !== told.content || event.source !== frame.contentWindow || event.data?.academy !== 1) return;
  const handler = Object.hasOwn(handlers, event.data.type) ? handlers[event.data.type] : null;
  if (handler) handler(event.data);
});

addEventListener("beforeunload", (event) => {
  if (guarded) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-leave], [data-act]");
  if (!act) return;
  const name = act.dataset.act || "leave";
  if (name === "leave") {
    event.preventDefault();
    leave(() => location.assign(told.left));
  } else if (name === "anyway") {
    guarded = false;
    location.assign(told.left);
  } else if (name === "retry") {
    send({ type: "retry" });
  } else if (name === "reload") {
    guarded = false;
    location.reload();
  } else if (name === "contents") {
    toggleContents();
  } else if (name === "fullscreen") {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-go]")) return;
  event.preventDefault();
  toggleContents(false);
  leave(() => submit(event.target));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") toggleContents(false);
});

function toggleContents(wanted) {
  const panel = document.getElementById("contents");
  const opener = document.querySelector("[data-act=contents]");
  if (!panel || (wanted === false && panel.hidden)) return;
  panel.hidden = wanted === undefined ? !panel.hidden : !wanted;
  opener.setAttribute("aria-expanded", String(!panel.hidden));
  (panel.hidden ? opener : panel.querySelector("h2")).focus();
}

frame.src = `${told.page}#${encodeURIComponent(location.origin)}`;
