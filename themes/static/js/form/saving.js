// Quiet saving, field by field. Values go with the revision the page had seen them at: what somebody else changed meanwhile comes back as a
// conflict, never overwritten. session.js carries the requests: it waits for the network and asks to sign in again in place.

import { fieldAt, rawOf } from "./values.js";

const SOON = 120;

export class Saving {
  constructor(form, { onState, onSettled }) {
    this.form = form;
    this.base = Number(form.elements.revision.value);
    this.editor = form.elements.editor.value;
    this.bases = new Map();
    this.queue = new Map();
    this.sending = 0;
    this.timer = null;
    this.onState = onState;
    this.onSettled = onSettled;
    this.theirs = new Map();
    this.shown = new Map();
  }

  baseOf(path) { return this.bases.get(path) ?? this.base; }
  get waiting() { return this.queue.size + this.sending; }
  isBusy(path) { return this.queue.has(path) || this.inFlight?.has(path) || this.typing?.dataset.path === path || this.isDisputed(path); }
  isDisputed(path) { return Boolean(fieldAt(this.form, path)?.querySelector(".conflict")); }

  // A field changed: it is read when it is sent. Somebody who saw what others wrote there says up to which revision (base).
  note(field, { raw = null, render = false, base = null } = {}) {
    this.queue.set(field.dataset.path, { raw, render, base });
    field.classList.add("waiting");
    this.onState("waiting");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), SOON);
  }

  // Somebody types in a field that is not committed yet.
  touch(field) {
    this.typing = field;
    field.classList.add("waiting");
    this.onState("waiting");
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.typing) {
      const field = this.typing;
      this.typing = null;
      if (!this.queue.has(field.dataset.path)) this.queue.set(field.dataset.path, { raw: null, render: false });
    }
    if (!this.queue.size) return this.last ?? Promise.resolve();
    const sent = new Map(this.queue);
    this.queue.clear();
    const changes = [...sent].map(([path, { raw, render, base }]) => {
      const field = fieldAt(this.form, path);
      return field && { path, base: base ?? this.baseOf(path), raw: raw ?? rawOf(field), render };
    }).filter(Boolean);
    this.sending += 1;
    this.inFlight = sent;
    this.onState("saving");
    this.last = this.post(this.form.dataset.save, { editor: this.editor, changes }).then((answer) => this.receive(answer, changes));
    return this.last;
  }

  async post(url, body) {
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const response = await window.dccSession.save(url, options);
    const answer = await response.json().catch(() => ({ error: "La plateforme n’a pas répondu comme attendu" }));
    return response.ok ? answer : { ...answer, error: answer.error || `Erreur ${response.status}` };
  }

  receive(answer, changes) {
    this.sending -= 1;
    this.inFlight = null;
    if (answer.error) {
      for (const { path } of changes) this.said(path, problemLine(answer.error));
      this.onSettled({ error: answer.error });
      return answer;
    }
    for (const path of answer.saved) this.saved(path);
    for (const [path, message] of Object.entries(answer.refused)) this.said(path, problemLine(message), true);
    for (const conflict of answer.conflicts) {
      this.said(conflict.path, conflict.html, true);
      this.theirs.set(conflict.path, conflict.theirs);
      this.shown.set(conflict.path, answer.revision);
      // To leave the field, or to type on, is no choice: it meets the same conflict again.
      this.bases.set(conflict.path, changes.find(({ path }) => path === conflict.path)?.base ?? this.baseOf(conflict.path));
    }
    for (const [path, html] of Object.entries(answer.fields)) this.replace(path, html);
    this.onSettled({ revision: answer.revision });
    return answer;
  }

  saved(path) {
    const field = fieldAt(this.form, path);
    this.bases.delete(path);
    if (!field) return;
    this.said(path, "");
    if (!this.isBusy(path)) field.classList.remove("waiting");
    field.classList.remove("saved-now");
    requestAnimationFrame(() => field.classList.add("saved-now"));
  }

  // What is said of a value, at its field; nothing takes it away.
  said(path, html, invalid = false) {
    const field = fieldAt(this.form, path);
    if (!field) return;
    field.querySelector(".said").querySelectorAll(".problem, .conflict").forEach((element) => element.remove());
    field.querySelector(".said").insertAdjacentHTML("beforeend", html);
    for (const control of field.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      if (invalid) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    if (invalid) field.classList.remove("waiting");
  }

  // The field as the server writes it, unless somebody is in it.
  replace(path, html) {
    const field = fieldAt(this.form, path);
    if (!field || !html || this.isBusy(path)) return false;
    if (field.contains(document.activeElement) && document.activeElement.matches("textarea, input:not([type=radio], [type=checkbox], [type=file])")) return false;
    const open = field.querySelector("details")?.open, focused = field.contains(document.activeElement) ? document.activeElement : null;
    field.insertAdjacentHTML("afterend", html);
    const fresh = field.nextElementSibling;
    if (open) fresh.querySelector("details")?.setAttribute("open", "");
    field.remove();
    if (focused) [...fresh.querySelectorAll("input, button, select, summary")].find((c) => c.name === focused.name && c.value === focused.value)?.focus();
    return true;
  }
}

const escaped = (text) => Object.assign(document.createElement("span"), { textContent: text }).innerHTML;
export const problemLine = (message) => `<p class="problem">${escaped(message)}</p>`;
