// One key for each link and button that has one; none while something is being written.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const writing = event.target.matches("input, textarea, select");
  if (event.key === "Escape" && writing) { event.target.blur(); return; }
  if (writing) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target || (event.key === "Enter" && event.target.matches("a, button, summary"))) return;
  event.preventDefault();
  if (target.matches("input")) { target.focus(); target.select(); } else { target.click(); }
});
