/* Filters: folded on phones before the page is painted, sent on change on wide screens. */

(() => {
  const form = document.currentScript.closest("form");
  const wide = window.matchMedia("(min-width: 60rem)");
  const fold = form.querySelector("details");
  const follow = () => {
    fold.open = wide.matches;
  };
  follow();
  wide.addEventListener("change", follow);

  const kept = sessionStorage.getItem("facet");
  sessionStorage.removeItem("facet");
  if (kept) {
    const field = [...form.elements].find((element) => kept === `${element.name}=${element.value}`);
    if (field) window.addEventListener("DOMContentLoaded", () => field.focus());
  }

  form.addEventListener("change", (event) => {
    if (!wide.matches || event.target.type === "search") return;
    sessionStorage.setItem("facet", `${event.target.name}=${event.target.value}`);
    form.requestSubmit();
  });

  form.addEventListener("formdata", (event) => {
    [...new Set(event.formData.keys())].forEach((name) => {
      const values = event.formData.getAll(name).filter((value) => value !== "");
      event.formData.delete(name);
      values.forEach((value) => event.formData.append(name, value));
    });
  });
})();
