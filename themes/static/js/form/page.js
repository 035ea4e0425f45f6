// The page of a document being filled: puts the parts together. Without this script the page is a plain form that saves whole.

import { careOf } from "./care.js";
import { Comboboxes } from "./combobox.js";
import { favouritesOf } from "./favourites.js";
import { filesOf } from "./files.js";
import { Saving } from "./saving.js";
import { changedIn, fieldAt, groupAt } from "./values.js";
import { settle } from "./visibility.js";

const form = document.getElementById("saisie");
const IDLE = 1500, LIFE = 25_000;

// State of saving ------------------------------------------------------------------------------------------------------------
const state = document.getElementById("etat");
const SAYS = {
  rest: () => "Enregistrement automatique",
  waiting: () => "Modifications en attente",
  saving: () => "Enregistrement…",
  saved: () => `Enregistré à ${new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" })}`,
  offline: () => "Hors connexion : vos saisies sont gardées ici",
  closed: () => "Session fermée : vos saisies sont gardées ici",
};

function show(name, words = SAYS[name]?.()) {
  state.dataset.state = { offline: "problem", closed: "problem" }[name] ?? name;
  state.querySelector("[data-words]").textContent = words;
}

let wrong = 0;
const care = careOf();
const saving = new Saving(form, {
  onState: (name) => show(name),
  onSettled: ({ error }) => {
    wrong = settle(form).wrong;
    if (!error) care.follow();
    if (error) show("problem", error);
    else if (wrong) show("problem", wrong > 1 ? `${wrong} réponses à revoir` : "1 réponse à revoir");
    else if (!saving.waiting) show(saving.typing ? "waiting" : "saved");
  },
});
document.addEventListener("dcc:session", ({ detail }) => {
  if (detail.state === "closed" || detail.state === "offline") show(detail.state);
  else if (detail.state !== "saved" && saving.waiting) show("saving");
});

// What people do ----------------------------------------------------------------------------------------------------------------
let idle = null;
form.addEventListener("input", ({ target }) => {
  const field = target.closest(".field");
  if (!field || ["radio", "checkbox", "file"].includes(target.type)) return;
  if (target.value && target.name === field.dataset.path) untickNull(field);
  saving.touch(field);
  clearTimeout(idle);
  if (target.matches("textarea, .k-line input")) idle = setTimeout(() => saving.flush(), IDLE);
  if (target.tagName === "TEXTAREA") grow(target);
});
form.addEventListener("change", ({ target }) => {
  const field = target.closest(".field");
  if (!field) return;
  clearTimeout(idle);
  if (target.type === "file") { files.attach(target); return; }
  if (target.classList.contains("null") && target.checked) emptyFor(target, field);
  saving.typing = null;
  if (target.matches('.combo [role="combobox"]') && !keepsCode(target)) return;
  saving.note(field);
  settle(form);
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input:not([type=checkbox], [type=radio])") || event.defaultPrevented) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("change", { bubbles: true }));
});

function untickNull(field) { field.querySelectorAll(".null:checked").forEach((box) => { box.checked = false; }); }
function emptyFor(box, field) {
  field.querySelectorAll(".null").forEach((other) => { if (other !== box) other.checked = false; });
  for (const control of field.querySelectorAll("input:not([type=checkbox], [type=radio]), textarea, select")) control.value = "";
  field.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = radio.value === ""; });
}

// A person's search box carries no value of its own: left as it is, it says again who is chosen.
function keepsCode(input) {
  const box = input.closest(".combo");
  if (box.dataset.people) {
    if (input.value.trim()) { input.value = input.defaultValue; return false; }
    if (!input.defaultValue) return false;
    input.closest(".field").querySelectorAll(".sub-fields :is(input, select, textarea)").forEach((c) => { c.value = ""; });
    input.defaultValue = "";
    return true;
  }
  const code = box.querySelector("input[type=hidden]");
  if (code && input.dataset.chosen !== input.value) {
    code.value = "";
    box.querySelector(".chosen-code")?.replaceChildren();
  }
  return true;
}

new Comboboxes(form, {
  onCode(input, option) {
    const field = input.closest(".field"), box = input.closest(".combo");
    untickNull(field);
    if ("adds" in box.dataset) {
      addChip(field, option);
      input.value = "";
    } else {
      input.value = input.dataset.chosen = option.label;
      const [code, label] = box.querySelectorAll("input[type=hidden]");
      code.value = option.value;
      if (label) label.value = option.label;
      const shown = box.querySelector(".chosen-code"), words = field.querySelector(".words input");
      if (shown) shown.textContent = option.label.startsWith(option.code) ? "" : option.code;
      if (words) words.value = "";
    }
    saving.typing = null;
    saving.note(field);
    settle(form);
  },
  onPerson(input, option) {
    const field = input.closest(".field");
    untickNull(field);
    input.value = input.defaultValue = option.label;
    saving.typing = null;
    saving.note(field, { raw: option.raw, render: true });
  },
  onFavourite: (input, option) => favourites.insert(input, option),
});
const files = filesOf(form, saving, { show, settle });
const favourites = favouritesOf(form, saving, { show, toast, putGroup, settle });

function addChip(field, option) {
  const path = field.dataset.path;
  if (field.querySelector(`input[type=checkbox][value="${CSS.escape(option.value)}"]`)) return;
  const item = document.createElement("li"), label = document.createElement("label"), box = document.createElement("input");
  label.className = "chip";
  const search = field.querySelector('[role="combobox"]'), number = Number(/:(\d+)\.search$/.exec(search.name)[1]);
  Object.assign(box, { type: "checkbox", name: `${path}:${number}`, value: option.value, checked: true });
  search.name = `${path}:${number + 1}.search`;
  label.append(box, ` ${option.label}`);
  item.append(label);
  field.querySelector(".chips").append(item);
}

// Buttons of rows and of conflicts: the form's own, sent by script when there is one --------------------------------------------
form.addEventListener("click", async (event) => {
  const button = event.target.closest('button[name="do"]');
  const [order, target] = button?.value.split(/:(.*)/s) ?? [];
  if (["add", "remove", "up", "down"].includes(order)) {
    event.preventDefault();
    await moveRows(order, target);
  } else if (order === "unfile") {
    event.preventDefault();
    files.takeOff(target);
  } else if (order === "mine" || order === "theirs") {
    event.preventDefault();
    settleConflict(order, target);
  }
});

async function moveRows(order, target) {
  await saving.flush();
  show("saving");
  const answer = await saving.post(form.dataset.rows, { order, target, base: saving.base, editor: saving.editor });
  if (answer.error) { show("problem", answer.error); return; }
  putGroup(answer.group, answer.html);
  if (answer.problem) toast(answer.problem);
  const focus = document.getElementById(`f-${answer.focus}`);
  if (focus) {
    focus.classList.add("fresh");
    const control = order === "add" ? focus.querySelector("input:not([type=hidden]), select, textarea") : focus.querySelector(`button[value^="${order}:"]`);
    (control ?? focus.querySelector("button") ?? focus).focus();
  }
  settle(form);
  show("saved");
}

function putGroup(key, html) {
  const group = groupAt(form, key);
  if (!group || !html) return;
  group.insertAdjacentHTML("afterend", html);
  group.remove();
  groupAt(form, key).querySelectorAll("textarea").forEach(grow);
  care.follow();
}

function settleConflict(order, path) {
  const field = fieldAt(form, path);
  const base = saving.shown.get(path);
  if (order === "mine") { saving.note(field, { base }); return; }
  saving.bases.set(path, base);
  saving.said(path, "");
  document.activeElement?.blur();
  saving.replace(path, saving.theirs.get(path));
  saving.theirs.delete(path);
  settle(form);
  fieldAt(form, path)?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

// Others ------------------------------------------------------------------------------------------------------------------------
const presence = document.getElementById("presence");

async function signOfLife() {
  if (document.hidden || !form.dataset.presence) return;
  const body = JSON.stringify({ editor: saving.editor, base: saving.base });
  const headers = { "Content-Type": "application/json", "X-DCC-Background": "1" };
  const response = await window.dccSession.fetch(form.dataset.presence, { method: "POST", headers, body }).catch(() => null);
  if (!response?.ok) return;
  const { others, revision, fields, groups, by, form: version } = await response.json();
  if (version && version !== form.dataset.form && !presence.dataset.form) {
    presence.dataset.form = version;
    toast("Le formulaire de ce document a changé. Ce que vous avez saisi est enregistré ; rechargez la page pour le voir dans sa nouvelle version.", { life: 60000 });
  }
  presence.hidden = !others.length;
  presence.querySelector("[data-words]").textContent =
    others.length > 1 ? `${others.join(", ")} modifient aussi ce document` : `${others[0] ?? ""} modifie aussi ce document`;
  takeNews(revision, fields, groups, by);
}

// What others saved is shown at once where nobody types here; elsewhere the former revision is kept, so that a conflict is seen.
function takeNews(revision, fields, groups, by) {
  let seen = 0;
  for (const [path, html] of Object.entries(fields)) {
    if (saving.replace(path, html)) { seen += 1; continue; }
    if (!saving.bases.has(path)) saving.bases.set(path, saving.base);
  }
  for (const [key, html] of Object.entries(groups)) {
    const group = groupAt(form, key);
    if (group?.contains(document.activeElement) || group?.querySelector(".waiting, .conflict")) {
      for (const field of group.querySelectorAll(".field")) if (!saving.bases.has(field.dataset.path)) saving.bases.set(field.dataset.path, saving.base);
    } else { putGroup(key, html); seen += 1; }
  }
  saving.base = revision;
  if (!seen) return;
  care.follow();
  settle(form);
  toast(`${by || "Un autre contributeur"} a modifié ${seen > 1 ? `${seen} réponses` : "une réponse"} de cette page : elle est à jour.`);
}

export function toast(words, { life = 8000, buttons = [] } = {}) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = words;
  note.append(...buttons);
  document.getElementById("messages").append(note);
  setTimeout(() => note.remove(), life);
  return note;
}

// Keyboard ------------------------------------------------------------------------------------------------------------------------
function jump(step) {
  const wanted = [...form.querySelectorAll("[data-missing], .field:has(.problem), .field:has(.conflict)")].filter((element) => !element.closest(".concealed"));
  if (!wanted.length) { toast("Rien ne manque pour valider."); return; }
  const here = document.activeElement;
  const after = wanted.filter((element) => !element.contains(here) && here.compareDocumentPosition(element) & (step > 0 ? 4 : 2));
  const next = (step > 0 ? after[0] : after.at(-1)) ?? (step > 0 ? wanted[0] : wanted.at(-1));
  const control = next.querySelector('input:not([type=hidden]):not([type=radio]), select, textarea, input[type=radio]:checked, input[type=radio], button[value^="add:"]');
  (control ?? next).focus();
  next.scrollIntoView({ block: "center" });
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const inList = event.target.matches?.("select, [role=combobox]");
  const keys = {
    s: () => saving.flush().then(() => toast(state.innerText.trim())),
    m: () => jump(event.shiftKey ? -1 : 1),
    i: () => document.querySelector("#index a[aria-current], #index a")?.focus(),
    f: () => favourites.open(),
    z: () => favourites.undo(),
    h: () => document.getElementById("aide").showModal(),
    ...(inList ? {} : { arrowdown: () => jump(1), arrowup: () => jump(-1) }),
  };
  const act = keys[event.key.toLowerCase()];
  if (act) { event.preventDefault(); act(); }
});

// Comfort -------------------------------------------------------------------------------------------------------------------------
function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

if (matchMedia("(max-width: 62rem)").matches) document.querySelector("#index details")?.removeAttribute("open");

const head = document.getElementById("tete");
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--head", `${head.offsetHeight}px`);
}).observe(head);

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) entry.target.inView = entry.isIntersecting;
  const current = [...form.querySelectorAll(".part")].find((part) => part.inView);
  document.querySelectorAll("#index a").forEach((link) => {
    if (current && link.hash === `#${current.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}, { rootMargin: "-25% 0px -60% 0px" });
form.querySelectorAll(".part").forEach((part) => watcher.observe(part));

form.querySelectorAll("textarea").forEach(grow);
for (const input of form.querySelectorAll('.combo [role="combobox"]')) if (input.value) input.dataset.chosen = input.value;
settle(form);
// What was answered while this script was still on its way is heard now.
for (const control of changedIn(form)) control.dispatchEvent(new Event(control.matches("[role=combobox]") ? "input" : "change", { bubbles: true }));
document.getElementById("resume")?.focus();
signOfLife();
setInterval(signOfLife, LIFE);
window.addEventListener("pagehide", () => saving.flush());
