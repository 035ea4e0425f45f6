// Conditions of questions, as Python decides them (forms_config/schema/conditions.py): JavaScript only shows.
// Both run the same vectors: forms_config/schema/vectors/conditions.json.

export function holds(condition, ...scopes) {
  if (!condition) return true;
  if (condition.any) return condition.any.some((part) => holds(part, ...scopes));
  if (condition.all) return condition.all.every((part) => holds(part, ...scopes));
  const scope = scopes.find((known) => Object.hasOwn(known, condition.question));
  const value = scope ? scope[condition.question] : null;
  return OPERATIONS[condition.operator](value, condition.value);
}

// A null flavour is an answer; an empty text, an empty list or a table of empty rows is not.
export function isFilled(value) {
  if (Array.isArray(value)) return value.some(isFilled);
  if (isObject(value)) return "values" in value ? Object.values(value.values).some(isFilled) : Object.keys(value).length > 0;
  return value !== null && value !== undefined && value !== "";
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// What a value is compared by: a code, "true" or "false", a number, the text itself; null for a null flavour.
function comparable(value) {
  if (typeof value === "boolean") return String(value);
  if (isObject(value)) return value.code || value.text || null;
  return typeof value === "string" || typeof value === "number" ? value : null;
}

function equals(value, expected) {
  if (Array.isArray(value)) return value.some((item) => equals(item, expected));
  const found = comparable(value);
  return found !== null && String(found) === String(comparable(expected));
}

const within = (value, expected) => expected.some((item) => equals(value, item));

function ordered(value, expected, greater) {
  const found = comparable(value), wanted = comparable(expected);
  if (found === null || wanted === null) return false;
  const left = numberOf(found), right = numberOf(wanted);
  if (left !== null && right !== null) return greater ? left > right : left < right;
  if (typeof found === "number" || typeof wanted === "number") return false;
  return greater ? found > wanted : found < wanted;
}

const numberOf = (value) => (/^[+-]?\d{1,20}(\.\d{1,20})?$/.test(String(value)) ? Number(value) : null);

function coded(value) {
  return Array.isArray(value) ? value.some(coded) : isObject(value) && Boolean(value.code);
}

const OPERATIONS = {
  equals,
  not_equals: (value, expected) => isFilled(value) && !equals(value, expected),
  in: within,
  not_in: (value, expected) => isFilled(value) && !within(value, expected),
  filled: isFilled,
  empty: (value) => !isFilled(value),
  coded,
  greater: (value, expected) => ordered(value, expected, true),
  less: (value, expected) => ordered(value, expected, false),
};
