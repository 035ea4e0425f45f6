// One key decides the item in which one stands, and leads to the next; what was chosen and not saved is not left by mistake.

const form = document.getElementById("reprise");
const count = document.getElementById("reste");
const items = [...form.querySelectorAll("[data-item]")];
const chosen = (item) => item.querySelector("input[type=radio]:checked");
let changed = false;
let sending = false;

function tell() {
  const left = items.filter((item) => !chosen(item)).length;
  for (const item of items) item.classList.toggle("settled", Boolean(chosen(item)));
  if (changed) count.querySelector("[data-words]").textContent = `${left} ${left > 1 ? count.dataset.many : count.dataset.one}`;
}

function next(item) {
  const after = items.slice(items.indexOf(item) + 1).find((other) => !chosen(other)) ?? items.find((other) => !chosen(other));
  const target = after ? after.querySelector("input[type=radio]") : form.querySelector(".decide-bar button");
  target?.focus();
  after?.scrollIntoView({ block: "nearest" });
}

form.addEventListener("keydown", (event) => {
  const item = event.target.closest("[data-item]");
  const typing = event.target.matches("textarea, input[type=text]");
  if (!item || typing || event.ctrlKey || event.altKey || event.metaKey) return;
  const radio = item.querySelector(`input[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!radio) return;
  event.preventDefault();
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  const wanted = item.querySelector(".wanted :is(input, textarea)");
  if (radio.value === "change" && wanted) {
    wanted.focus();
    wanted.setSelectionRange(wanted.value.length, wanted.value.length);
  } else next(item);
});

form.addEventListener("change", () => {
  changed = true;
  tell();
});
form.addEventListener("submit", () => {
  sending = true;
});
window.addEventListener("beforeunload", (event) => {
  if (changed && !sending) event.preventDefault();
});
tell();
