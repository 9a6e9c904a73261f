/* Links that open a dialog in place of the page behind them; Escape and Cancel close it. */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog && dialog.showModal) {
      event.preventDefault();
      dialog.showModal();
      dialog.querySelector("h2").focus();
    }
  }
  if (event.target.closest("dialog [data-close]")) event.target.closest("dialog").close();
});
