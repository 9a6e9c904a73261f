/* Sends a file in pieces: each is acknowledged before the next, and a broken line is waited out. */

const PATIENCE = [1, 2, 5, 10, 20, 30];
const MEGABYTE = 1000000;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const pause = (seconds) => new Promise((resume) => setTimeout(resume, seconds * 1000));
const inWords = (zone, size) => {
  const small = size < MEGABYTE;
  const count = small ? Math.max(1, Math.round(size / 1000)) : size / MEGABYTE;
  const text = count.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
  return fill(small ? zone.dataset.sizeSmall : zone.dataset.size, { size: text });
};

class Refused extends Error {
  constructor(problem) {
    super(problem.detail || "");
    this.title = problem.title;
  }
}

async function ask(method, address, { body, headers, token }) {
  const answer = await fetch(address, {
    method,
    body,
    headers: { Accept: "application/json", "X-CSRFToken": token, ...headers },
    cache: "no-store",
  });
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 409 && typeof said.received === "number") return said;
  if (answer.status >= 500) throw new TypeError("server");
  if (!answer.ok) throw new Refused(said);
  return said;
}

function display(zone) {
  const part = (name) => zone.querySelector(`[data-upload-${name}]`);
  let told = 0;
  const begun = Date.now();
  return {
    begin(name) {
      part("box").hidden = part("bar").hidden = false;
      part("alert").hidden = true;
      part("name").textContent = name;
      part("words").textContent = zone.dataset.sending;
      part("bar").value = 0;
    },
    show(received, size, from) {
      const share = received / size;
      const seconds = (Date.now() - begun) / 1000;
      const minutes = Math.ceil((seconds * (size - received)) / Math.max(1, received - from) / 60);
      const sent = fill(zone.dataset.sent, {
        sent: inWords(zone, received),
        total: inWords(zone, size),
      });
      const left = seconds > 5 && minutes > 1 ? `, ${fill(zone.dataset.left, { minutes })}` : "";
      part("bar").value = Math.round(share * 100);
      part("words").textContent = sent + left;
      const quarter = Math.floor(share * 4) * 25;
      if (quarter > told) part("heard").textContent = fill(zone.dataset.quarter, { share: (told = quarter) });
    },
    wait(text) {
      part("words").textContent = text;
    },
    refuse(title, detail) {
      part("box").hidden = true;
      part("alert").hidden = false;
      part("fault").textContent = title || zone.dataset.failed;
      part("detail").textContent = detail || "";
      part("alert").focus();
    },
  };
}

async function patiently(act, view, again) {
  for (let misses = 0; ; misses += 1) {
    try {
      return await act();
    } catch (fault) {
      if (fault instanceof Refused || misses > 60) throw fault;
      view.wait(again);
      await pause(PATIENCE[Math.min(misses, PATIENCE.length - 1)]);
    }
  }
}

async function send(form, file, view) {
  const { token, again, pieces } = form.dataset;
  const asked = new FormData(form);
  asked.delete("file");
  asked.set("name", file.name);
  asked.set("size", file.size);
  const piece = Number(pieces);
  const begun = await patiently(() => ask("POST", form.action, { body: asked, token }), view, again);
  const from = begun.received;
  let received = from;
  while (received < file.size) {
    const start = received;
    const body = file.slice(start, start + piece);
    const headers = {
      "Content-Type": "application/octet-stream",
      "Content-Range": `bytes ${start}-${start + body.size - 1}/${file.size}`,
    };
    const said = await patiently(() => ask("PUT", begun.url, { body, headers, token }), view, again);
    received = said.received;
    view.show(received, file.size, from);
  }
  window.location.assign(begun.next);
}

document.querySelectorAll("form[data-pieces]").forEach((form) => {
  const zone = form.querySelector("[data-file-drop]");
  const input = zone.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    const view = display(zone);
    view.begin(file.name);
    send(form, file, view).catch((fault) => {
      delete form.dataset.busy;
      view.refuse(fault instanceof Refused ? fault.title : zone.dataset.stopped, fault.message);
    });
  });
});
