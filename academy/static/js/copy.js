/* A button that copies the text of an element, and says so; where the browser cannot, it stays hidden. */

const SAID = 2000;
const can = Boolean(navigator.clipboard);

function offer(root) {
  if (can) root.querySelectorAll("[data-copy]").forEach((button) => (button.hidden = false));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const label = button.querySelector(".button__label");
  const before = button.dataset.before || (button.dataset.before = label.textContent);
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  label.textContent = button.dataset.copied;
  window.setTimeout(() => (label.textContent = before), SAID);
});

document.addEventListener("academy:new", (event) => offer(event.target));
offer(document);
