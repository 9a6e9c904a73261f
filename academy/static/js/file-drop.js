/* Uploads: a file may be dropped, its way is told in words, then the work of the server is followed. */

const MEGABYTE = 1000000;
const PAUSE = 1000;
const PATIENCE = 20;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function parts(zone) {
  const found = (name) => zone.querySelector(`[data-upload-${name}]`);
  return {
    box: found("box"),
    name: found("name"),
    words: found("words"),
    bar: found("bar"),
    heard: found("heard"),
    alert: found("alert"),
    fault: found("fault"),
    detail: found("detail"),
  };
}

function inWords(zone, size) {
  const small = size < MEGABYTE;
  const count = small ? Math.max(1, Math.round(size / 1000)) : size / MEGABYTE;
  const text = count.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
  return fill(small ? zone.dataset.sizeSmall : zone.dataset.size, { size: text });
}

function refuse(zone, title, detail) {
  const { box, alert, fault, detail: line } = parts(zone);
  box.hidden = true;
  alert.hidden = false;
  fault.textContent = title;
  line.textContent = detail || "";
  alert.focus();
  const form = zone.closest("form");
  if (form) delete form.dataset.sent;
}

function showFile(zone, input) {
  const { box, name, words, bar, alert } = parts(zone);
  const file = input.files[0];
  box.hidden = !file;
  alert.hidden = true;
  if (!file) return;
  name.textContent = [...input.files].map((each) => each.name).join(", ");
  words.textContent = inWords(zone, file.size);
  bar.hidden = true;
}

function acceptDrops(zone, input) {
  const area = zone.querySelector(".file-drop__zone");
  const mark = (over) => area.classList.toggle("file-drop__zone--over", over);
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  area.addEventListener("dragleave", () => mark(false));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
  input.addEventListener("change", () => showFile(zone, input));
}

function follower(zone) {
  const { words, bar, heard } = parts(zone);
  const begun = Date.now();
  let told = 0;
  return (event) => {
    if (!event.lengthComputable) return;
    const share = event.loaded / event.total;
    const seconds = (Date.now() - begun) / 1000;
    const minutes = Math.ceil((seconds / share - seconds) / 60);
    bar.value = Math.round(share * 100);
    const sent = fill(zone.dataset.sent, {
      sent: inWords(zone, event.loaded),
      total: inWords(zone, event.total),
    });
    const left = seconds > 5 && minutes > 1 ? `, ${fill(zone.dataset.left, { minutes })}` : "";
    words.textContent = sent + left;
    const quarter = Math.floor(share * 4) * 25;
    if (quarter > told) {
      told = quarter;
      heard.textContent = fill(zone.dataset.quarter, { share: quarter });
    }
    if (share === 1) {
      words.textContent = zone.dataset.reading;
      bar.removeAttribute("value");
    }
  };
}

async function followWork(zone, address, misses = 0) {
  const { box, words, bar, heard } = parts(zone);
  box.hidden = bar.hidden = false;
  let state = null;
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
    state = answer.ok ? await answer.json() : null;
  } catch {
    state = null;
  }
  if (state && state.error) return refuse(zone, zone.dataset.failed, state.error);
  if (state && state.done) return window.location.assign(state.next || window.location.href);
  if (state) {
    if (typeof state.share === "number") bar.value = Math.round(state.share * 100);
    if (state.message && words.textContent !== state.message) {
      words.textContent = heard.textContent = state.message;
    }
  }
  if (misses > PATIENCE) return refuse(zone, zone.dataset.stopped, "");
  window.setTimeout(followWork, PAUSE, zone, address, state ? 0 : misses + 1);
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function finish(zone, request) {
  const answer = read(request.responseText);
  if (request.status >= 400) {
    const title = (answer && answer.title) || zone.dataset.failed;
    return refuse(zone, title, answer ? answer.detail : "");
  }
  if (answer && answer.status_url) return followWork(zone, answer.status_url);
  window.location.assign((answer && answer.next) || request.responseURL || window.location.href);
}

function send(event, zone, input) {
  const form = event.target;
  if (!input.files.length) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const { box, words, bar, alert } = parts(zone);
  const data = new FormData(form);
  if (event.submitter?.name) data.append(event.submitter.name, event.submitter.value);
  const request = new XMLHttpRequest();
  box.hidden = bar.hidden = false;
  alert.hidden = true;
  bar.value = 0;
  words.textContent = zone.dataset.sending;
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json, text/html;q=0.5");
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.upload.addEventListener("progress", follower(zone));
  request.addEventListener("load", () => finish(zone, request));
  request.addEventListener("error", () => refuse(zone, zone.dataset.stopped, ""));
  request.addEventListener("abort", () => refuse(zone, zone.dataset.stopped, ""));
  request.send(data);
}

document.querySelectorAll("[data-file-drop]").forEach((zone) => {
  const input = zone.querySelector("input[type=file]");
  const running = zone.querySelector("[data-status]");
  if (running) followWork(zone, running.dataset.status);
  if (!input) return;
  acceptDrops(zone, input);
  const form = input.closest("form[data-upload]");
  if (form) form.addEventListener("submit", (event) => send(event, zone, input));
});
