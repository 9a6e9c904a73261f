/* The list of statements: opens one in place, and follows what is stored while somebody looks. */

const EVERY = 3000; // milliseconds between questions
const SOON = 300; // where more has come than one answer holds
const LATER = 15000; // after a question that was not answered
const HEARD = 10000; // screen readers are told the count no more often
const MOST = 300; // lines that stay on the page

const box = document.querySelector("[data-statements]");
const button = box && box.querySelector("[data-follow]");

const parsed = (text) => new DOMParser().parseFromString(text, "text/html").body;

async function open(inside) {
  const answer = await fetch(inside.dataset.inside, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return; // the link to the whole statement stays
  delete inside.dataset.inside;
  inside.replaceChildren(...parsed(await answer.text()).childNodes);
  inside.dispatchEvent(new CustomEvent("academy:new", { bubbles: true }));
}

function follow() {
  const part = (name) => box.querySelector(`[data-${name}]`);
  const lines = part("lines");
  let cursor = box.dataset.cursor;
  let count = 0;
  let timer = 0;
  let on = false;
  let asking = false;
  let heard = 0;

  function say(text) {
    part("said").textContent = text;
    part("said").hidden = !text;
    const wait = Math.max(0, heard + HEARD - Date.now());
    window.clearTimeout(say.timer);
    say.timer = window.setTimeout(() => {
      heard = Date.now();
      part("heard").textContent = text;
    }, wait);
  }

  function trim() {
    const beyond = [...lines.children].slice(MOST);
    if (!beyond.length) return;
    beyond.forEach((line) => line.remove());
    const older = box.querySelector("a[rel=next]");
    if (!older) part("trimmed").hidden = false;
    else {
      const address = new URL(older.href);
      address.searchParams.set("before", lines.lastElementChild.dataset.seq);
      older.href = address;
    }
  }

  /* Lines voided since: marked where the list shows such, else taken away. */
  function mark(voided) {
    const badge = part("badge");
    for (const seq of voided) {
      const line = lines.querySelector(`[data-seq="${seq}"]`);
      const statement = line?.querySelector("details:not(.statement--voided)");
      if (badge && statement) {
        statement.classList.add("statement--voided");
        statement.querySelector("summary").append(badge.content.cloneNode(true));
      } else if (!badge) line?.remove();
    }
  }

  function tell(more) {
    count += more;
    say(box.dataset.count.replace("{count}", count.toLocaleString(document.documentElement.lang)));
  }

  function add(found) {
    if (!found.length) return;
    lines.prepend(...found);
    lines.hidden = false;
    part("empty")?.remove();
    trim();
    tell(found.length);
  }

  async function ask() {
    const address = new URL(box.dataset.new, location.href);
    address.searchParams.set("after", cursor);
    const answer = await fetch(address, { cache: "no-store", headers: { "X-Unattended": "yes" } });
    if (answer.redirected || [401, 403].includes(answer.status)) return stop(box.dataset.over);
    if (!answer.ok) throw new Error(answer.status);
    const came = parsed(await answer.text()).querySelector("[data-cursor]");
    if (!on) return 0;
    cursor = came.dataset.cursor;
    add([...came.children]);
    mark(came.dataset.voided?.split(" ") ?? []);
    return "behind" in came.dataset ? SOON : EVERY;
  }

  async function next() {
    if (!on || asking || document.hidden) return;
    asking = true;
    let wait;
    try {
      wait = await ask();
      if (part("said").textContent === box.dataset.lost) tell(0);
    } catch {
      say(box.dataset.lost);
      wait = LATER;
    } finally {
      asking = false;
    }
    window.clearTimeout(timer);
    if (on) timer = window.setTimeout(next, wait);
  }

  function stop(why) {
    on = false;
    window.clearTimeout(timer);
    button.setAttribute("aria-pressed", "false");
    if (why) say(why);
    return 0;
  }

  button.hidden = false;
  button.addEventListener("click", () => {
    if (on) return stop();
    on = true;
    button.setAttribute("aria-pressed", "true");
    tell(0);
    next();
  });
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(timer);
    next();
  });
  document.addEventListener("academy:end", () => stop(box.dataset.over));
}

if (box) {
  box.addEventListener(
    "toggle",
    (event) => {
      const inside = event.target.open && event.target.querySelector("[data-inside]");
      if (inside) open(inside);
    },
    true,
  );
}
if (button) follow();
