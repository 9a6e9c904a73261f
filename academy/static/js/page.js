/* What every page may need: the menu closes on Escape, forms say that they are busy, errors get the focus. */

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details[data-menu][open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  const menu = document.querySelector("details[data-menu][open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

document.querySelectorAll("[data-without-script]").forEach((element) => (element.hidden = true));

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit-on-change]")) event.target.form.requestSubmit();
});

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[data-label]").forEach((button) => {
    button.removeAttribute("aria-disabled");
    button.querySelector(".button__label").textContent = button.dataset.label;
    delete button.dataset.label;
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  window.setTimeout(release, 10000, form);
  const button = event.submitter;
  if (button && button.dataset.busy) {
    const label = button.querySelector(".button__label");
    button.dataset.label = label.textContent;
    button.setAttribute("aria-disabled", "true");
    label.textContent = button.dataset.busy;
  }
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});

document.querySelector("[data-focus]")?.focus();
