// A form whose answer takes a while says so, and is not sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-waiting]")) return; // session.js holds it back until the session is known to be open
  if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  form.setAttribute("aria-busy", "true");
  form.querySelectorAll(".waiting").forEach((said) => said.removeAttribute("hidden"));
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-waiting]").forEach((form) => {
    form.removeAttribute("aria-busy");
    form.querySelectorAll(".waiting").forEach((said) => said.setAttribute("hidden", ""));
  });
});
