/* Warns before a session ends, keeps it while somebody is active, and sends no form into a session that is over. */

const box = document.getElementById("session-watch");
const limit = Number(box.dataset.seconds) * 1000;
const shared = box.dataset.shared === "true";
const WARN = Math.min(60000, limit / 2);
const EVERY = 60000; // the server notes activity once a minute
const OLD_PAGE = 600000;
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart", "scroll", "input"];

const part = (name) => box.querySelector(`[data-part=${name}]`);
const tabs = window.BroadcastChannel ? new BroadcastChannel("academy-session") : null;
const opened = Date.now();
const title = document.title;
let last = Date.now();
let told = Date.now(); // when the server last heard
let over = false;
let said = 0;

function active() {
  if (box.open || over) return;
  last = Date.now();
  if (last - told > EVERY) stay();
}

// Asks the server to keep the session; other tabs of this browser hear of it.
async function stay() {
  told = last = Date.now();
  if (tabs) tabs.postMessage({ at: last });
  try {
    const headers = { "X-CSRFToken": box.dataset.csrf, Accept: "application/json" };
    const answer = await fetch(box.dataset.stay, { method: "POST", headers });
    if (answer.redirected || [400, 401, 403].includes(answer.status)) end();
  } catch {
    // the line is down: the next sign of life asks again
  }
}

function show(name) {
  for (const one of ["warning", "over"]) part(one).hidden = one !== name;
  box.setAttribute("aria-labelledby", "session-watch-title");
  if (!box.open) box.showModal();
  part(name).querySelector("h2").focus();
}

function warn(left) {
  const seconds = Math.max(1, Math.ceil(left / 1000));
  const sentence = box.dataset.left.replace("{seconds}", seconds);
  part("warning").querySelector("[data-count]").textContent = sentence;
  document.title = box.querySelector("h2").textContent;
  if (!box.open) {
    said = seconds;
    show("warning");
  } else if ((seconds <= 30 && said > 30) || (seconds <= 10 && said > 10)) {
    said = seconds; // spoken twice more, not every second
    box.querySelector("[data-said]").textContent = sentence;
  }
}

function calm() {
  if (box.open && !over) box.close();
  document.title = title;
}

// The session is over. A shared computer shows nothing more of it; elsewhere the page stays, with what was written on it.
function end(how = null) {
  if (over) return;
  over = true;
  document.title = title;
  const leave = how || (() => location.replace(box.dataset.signedOut));
  if (!document.dispatchEvent(new CustomEvent("academy:end", { cancelable: true, detail: leave }))) box.close();
  else if (shared) leave();
  else show("over");
}

function signOut() {
  const form = box.querySelector("[data-sign-out]");
  for (const [name, value] of [["next", location.pathname + location.search], ["why", "idle"]]) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(field);
  }
  HTMLFormElement.prototype.submit.call(form);
}

function look() {
  const left = last + limit - Date.now();
  if (over) return;
  if (left <= 0) end(shared ? signOut : null);
  else if (left <= WARN) warn(left);
  else if (box.open) calm();
}

async function state() {
  const answer = await fetch(box.dataset.state, { headers: { Accept: "application/json" }, cache: "no-store" });
  const found = await answer.json();
  const mine = found.person === box.dataset.person;
  if (mine) {
    box.dataset.csrf = found.csrf;
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = found.csrf;
  }
  return mine;
}

async function again() {
  const mine = await state().catch(() => false);
  part("over").querySelector("[data-not-yet]").hidden = mine;
  if (!mine) return;
  over = false;
  last = told = Date.now();
  calm();
}

// A form that was open for long is sent only where its person is still signed in; what was written stays on the page.
async function check(event) {
  const form = event.target;
  const fresh = Date.now() - opened < OLD_PAGE && !over;
  if (form.method !== "post" || fresh || form.dataset.checked || form.closest("dialog#session-watch")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const mine = await state().catch(() => true); // the line is down: the browser says so itself
  if (!mine) return end();
  form.dataset.checked = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.checked;
}

for (const sign of SIGNS) document.addEventListener(sign, active, { capture: true, passive: true });
document.addEventListener("academy:active", active);
document.addEventListener("submit", check, { capture: true });
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") === "/sign-out" && tabs) tabs.postMessage({ out: true });
});
box.addEventListener("cancel", (event) => {
  event.preventDefault();
  if (!over) box.querySelector("[data-stay-button]").click();
});
box.addEventListener("click", (event) => {
  if (event.target.closest("[data-stay-button]")) {
    box.close();
    document.title = title;
    stay();
  }
  if (event.target.closest("[data-again]")) again();
});
if (tabs) {
  tabs.addEventListener("message", (event) => {
    if (event.data.out) setTimeout(end, 300);
    else if (event.data.at > last) last = event.data.at;
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // kept by the browser as it was: whoever goes back may be somebody else
});
setInterval(look, 1000);
document.addEventListener("visibilitychange", look);
