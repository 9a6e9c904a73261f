/* A toast is read out, stays for eight seconds in which nobody points at it or is in it, then goes. */

const STAYS = 8000;

document.querySelectorAll("[data-toast]").forEach((toast) => {
  const heard = toast.parentElement.querySelector("[data-toast-heard]");
  const close = toast.querySelector("[data-toast-close]");
  let timer = 0;
  const hide = () => {
    const within = toast.contains(document.activeElement);
    toast.hidden = true;
    if (within) document.querySelector("main").focus();
  };
  const wait = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(hide, STAYS);
  };
  const hold = () => window.clearTimeout(timer);
  const busy = () => toast.matches(":hover") || toast.contains(document.activeElement);
  const go = () => busy() || wait();

  close.hidden = false;
  close.addEventListener("click", hide);
  toast.addEventListener("mouseenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("mouseleave", go);
  toast.addEventListener("focusout", () => window.setTimeout(go, 0));
  toast.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  window.setTimeout(() => (heard.textContent = toast.querySelector("p").textContent), 200);
  wait();
});
