"use strict";
(() => {
  const table = document.getElementById("table");
  const form = document.getElementById("filter");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const value = (row, i) => row.cells[i].dataset.v ?? row.cells[i].textContent.trim();

  const sort = (i, down) => {
    const isNumber = "number" in heads[i].dataset;
    const compare = (a, b) =>
      isNumber ? Number(value(a, i)) - Number(value(b, i)) : value(a, i).localeCompare(value(b, i), "en", { numeric: true });
    rows.sort((a, b) => (down ? compare(b, a) : compare(a, b)));
    body.append(...rows);
    heads.forEach((head, n) => {
      if (n === i) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  };

  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const sorted = head.getAttribute("aria-sort");
      sort(i, sorted ? sorted === "ascending" : head.classList.contains("n"));
    });
  });

  const words = document.getElementById("words");
  const step = document.getElementById("step");
  const shown = document.getElementById("shown");
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = wanted.every((w) => text.includes(w)) && (!step.value || row.querySelector("[data-step]").dataset.step === step.value);
      row.hidden = !fits;
      count += fits ? 1 : 0;
    }
    shown.textContent = `${count} of ${rows.length} cases shown`;
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  words.addEventListener("input", filter);
  step.addEventListener("change", filter);
  form.hidden = false;
  filter();
})();
