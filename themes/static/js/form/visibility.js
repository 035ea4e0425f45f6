// Shows and hides conditional questions while one types, and keeps the index true: what is missing, what is to be settled.
// The server decides again at each page and at validation (forms_config/schema/answers.py).

import { holds, isFilled } from "./conditions.js";
import { answersOf, fieldsIn, keyOf } from "./values.js";

const conditionOf = (element) => (element.dataset.when ? (element.condition ??= JSON.parse(element.dataset.when)) : null);
const needOf = (element) => (element.dataset.requiredIf ? (element.need ??= JSON.parse(element.dataset.requiredIf)) : null);

// Answers of questions that are shown: a hidden answer shows nothing further (visible_answers, in Python).
function visibleAnswers(answers, conditions) {
  let kept = answers;
  for (let round = 0; round <= Object.keys(answers).length; round += 1) {
    const shown = {};
    for (const [key, value] of Object.entries(answers)) {
      if (holds(conditions.get(key), kept)) shown[key] = Array.isArray(value) ? value.map((item) => visibleRow(item, kept, conditions)) : value;
    }
    if (JSON.stringify(shown) === JSON.stringify(kept)) break;
    kept = shown;
  }
  return kept;
}

function visibleRow(item, kept, conditions) {
  if (!item || typeof item !== "object" || !("values" in item)) return item;
  const values = Object.entries(item.values).filter(([key]) => holds(conditions.get(key), item.values, kept));
  return { id: item.id, values: Object.fromEntries(values) };
}

export function settle(form) {
  const conditional = [...form.querySelectorAll("[data-when]")];
  const conditions = new Map(conditional.map((element) => [element.dataset.group ?? keyOf(element), conditionOf(element)]));
  const seen = visibleAnswers(answersOf(form), conditions);
  for (const element of conditional) {
    const row = element.closest(".row");
    const scopes = row && element !== row ? [valuesOf(seen, row), seen] : [seen];
    element.classList.toggle("concealed", !holds(conditionOf(element), ...scopes));
  }
  markMissing(form, seen);
  return updateIndex(form);
}

function valuesOf(seen, row) {
  const rows = seen[row.closest(".group").dataset.group] ?? [];
  return rows.find((item) => item.id === row.dataset.row)?.values ?? {};
}

function markMissing(form, seen) {
  for (const field of fieldsIn(form)) {
    if (!("required" in field.dataset)) continue;
    const row = field.closest(".row");
    const scopes = row ? [valuesOf(seen, row), seen] : [seen];
    const asked = !field.closest(".concealed") && holds(needOf(field), ...scopes);
    field.toggleAttribute("data-missing", asked && !isFilled(scopes[0][keyOf(field)] ?? null));
  }
  for (const group of form.querySelectorAll(".group[data-required]")) {
    const asked = !group.classList.contains("concealed") && holds(needOf(group), seen);
    group.toggleAttribute("data-missing", asked && !isFilled(seen[group.dataset.group] ?? []));
  }
}

const WORDS = { problem: ["valeur à revoir", "valeurs à revoir"], missing: ["réponse manque", "réponses manquent"] };
const phrase = (n, [one, many]) => `${n} ${n > 1 ? many : one}`;

function updateIndex(form) {
  const index = document.getElementById("index");
  let missing = 0, wrong = 0;
  for (const part of form.querySelectorAll(".part[data-section]")) {
    const gaps = part.querySelectorAll("[data-missing]").length;
    const faults = part.querySelectorAll(".field:not(.concealed) .problem, .conflict").length;
    missing += gaps;
    wrong += faults;
    const item = index?.querySelector(`li[data-for="${CSS.escape(part.dataset.section)}"]`);
    if (!item) continue;
    const state = faults ? "problem" : gaps ? "missing" : isPartFilled(part) ? "full" : "empty";
    item.dataset.state = state;
    item.querySelector(".n").textContent = faults || gaps || "";
    item.querySelector(".visually-hidden").textContent = WORDS[state] ? phrase(faults || gaps, WORDS[state]) : state === "full" ? "complet" : "vide";
  }
  const summary = index?.querySelector("[data-summary]");
  if (summary) summary.textContent = missing ? phrase(missing, WORDS.missing) + " pour valider" : "Rien ne manque pour valider";
  return { missing, wrong };
}

const isPartFilled = (part) =>
  [...part.querySelectorAll("input, select, textarea")].some((control) =>
    control.type === "radio" || control.type === "checkbox" ? control.checked && control.value : control.type !== "hidden" && control.value.trim());
