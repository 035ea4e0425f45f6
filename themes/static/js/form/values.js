// What the fields of the page hold: as texts to be sent, and as answers for conditions.

const CONTROLS = "input[name], select[name], textarea[name]";

export const fieldsIn = (root) => [...root.querySelectorAll(".field[data-path]")];
export const fieldAt = (form, path) => form.querySelector(`.field[data-path="${CSS.escape(path)}"]`);
export const groupAt = (form, key) => form.querySelector(`.group[data-group="${CSS.escape(key)}"]`);

// Controls that no longer hold what the page was written with. An input tidies its value: what was written is compared as it shows it.
export const changedIn = (form) => [...form.elements].filter((control) => control.closest(".field") && isChanged(control));

function isChanged(control) {
  if (control.type === "radio" || control.type === "checkbox") return control.checked !== control.defaultChecked;
  if (control.type === "file") return control.files.length > 0;
  if (control.matches("select")) return control.selectedIndex !== Math.max([...control.options].findIndex((option) => option.defaultSelected), 0);
  if (!control.matches("input:not([type=hidden]), textarea") || control.value === control.defaultValue) return false;
  if (control.matches("textarea")) return true;
  const written = Object.assign(document.createElement("input"), { type: control.type, defaultValue: control.defaultValue });
  return control.value !== written.value;
}

export const keyOf = (field) => field.dataset.path.split("/").pop();

// Texts by part, as forms_config.rendering reads them: « path » is the main part, « path:part » another one.
export function rawOf(field) {
  const raw = {}, path = field.dataset.path;
  for (const control of field.querySelectorAll(CONTROLS)) {
    if (control.type === "file" || !control.name.startsWith(path) || ((control.type === "radio" || control.type === "checkbox") && !control.checked)) continue;
    const part = control.name === path ? "" : control.name.slice(path.length + 1);
    (raw[part] ??= []).push(control.value);
  }
  return raw;
}

const first = (raw, part = "") => (raw[part]?.[0] ?? "").trim();

export function answerOf(field) {
  const raw = rawOf(field), main = first(raw);
  if (first(raw, "null")) return { null: first(raw, "null") };
  if (main.startsWith("null:")) return { null: main.slice(5) };
  if ("many" in field.dataset) return manyOf(field.dataset.type, raw);
  return READERS[field.dataset.type]?.(main, raw) ?? null;
}

function manyOf(type, raw) {
  const found = (raw[""] ?? []).map((text) => (type === "coded" ? codeOf(text) : text.trim())).filter(Boolean);
  for (const [part, [text]] of Object.entries(raw)) {
    if (/^\d+$/.test(part)) found.push(codeOf(text));
    else if (/^\d+\.(text|search)$/.test(part) && text.trim()) found.push({ text });
  }
  return found;
}

function codeOf(text) {
  const [code, system] = text.split("|");
  return code ? { code, system } : null;
}

function isoOf(text) {
  const match = /^(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})(?:\D.*)?$/.exec(text);
  return match ? [match[3], match[2], match[1]].filter(Boolean).map((part) => part.padStart(2, "0")).join("-") : text;
}

const READERS = {
  string: (main) => main || null,
  text: (main) => main || null,
  boolean: (main) => (main ? main === "true" : null),
  decimal: (main) => (main ? main.replace(/\s/g, "").replace("\u2212", "-").replace(",", ".") : null),
  integer: (main) => (main ? (/^[+-]?\d+$/.test(main) ? Number(main) : main) : null),
  decimal: (main) => (main ? main.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".") : null),
  file: (main) => (main ? { file: main } : null),
  date: (main) => (main ? isoOf(main) : null),
  datetime: (main) => (main ? isoOf(main) : null),
  coded: (main, raw) => (main ? codeOf(main) : first(raw, "search") ? { text: first(raw, "search") } : null),
  professional: (_main, raw) => (first(raw, "family") ? { family: first(raw, "family") } : null),
  organisation: (_main, raw) => (first(raw, "name") ? { name: first(raw, "name") } : null),
};

export const rowsOf = (group) =>
  [...group.querySelectorAll(":scope > .rows > .row")].map((row) => ({
    id: row.dataset.row,
    values: Object.fromEntries(fieldsIn(row).map((field) => [keyOf(field), answerOf(field)])),
  }));

// Every answer of the page, groups as rows.
export function answersOf(form) {
  const answers = {};
  for (const field of fieldsIn(form)) if (!field.closest(".row")) answers[keyOf(field)] = answerOf(field);
  for (const group of form.querySelectorAll(".group[data-group]")) answers[group.dataset.group] = rowsOf(group);
  return answers;
}
