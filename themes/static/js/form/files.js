// A question answered by a file: sent as soon as it is chosen, taken off by its button.

import { fieldAt } from "./values.js";

export function filesOf(form, saving, { show, settle }) {
  async function attach(input) {
    const path = input.closest(".field").dataset.path, [file] = input.files;
    if (!file) return;
    await saving.flush();
    show("saving");
    const body = new FormData();
    Object.entries({ path, base: saving.baseOf(path), editor: saving.editor, file }).forEach(([name, value]) => body.set(name, value));
    saving.sending += 1;
    const response = await window.dccSession.save(form.dataset.file, { method: "POST", body });
    const answer = await response.json().catch(() => ({ error: "La plateforme n’a pas répondu comme attendu" }));
    input.value = "";
    saving.receive(response.ok ? answer : { ...answer, error: answer.error || `Erreur ${response.status}` }, [{ path }]);
  }

  function takeOff(path) {
    const field = fieldAt(form, path);
    for (const input of field.querySelectorAll("input[type=hidden]")) input.value = "";
    field.querySelector(".joined").hidden = true;
    saving.note(field);
    field.querySelector("input[type=file]").focus();
    settle(form);
  }

  return { attach, takeOff };
}
