// Favourites of a group: found by type-ahead, inserted as rows, taken out again.

import { groupAt } from "./values.js";

const UNDO = 20_000;

export function favouritesOf(form, saving, { show, toast, putGroup, settle }) {
  const post = async (body) => {
    await saving.flush();
    show("saving");
    const answer = await saving.post(form.dataset.insert, { base: saving.base, editor: saving.editor, ...body });
    if (answer.error) { show("problem", answer.error); return null; }
    putGroup(answer.group, answer.html);
    settle(form);
    show("saved");
    return answer;
  };

  async function insert(input, option) {
    const group = input.closest(".combo").dataset.favourites;
    input.value = "";
    const answer = await post({ group, favourite: option.value });
    if (!answer) return;
    for (const id of answer.rows) document.getElementById(`f-${group}/${id}`)?.classList.add("fresh");
    document.getElementById(`f-${group}/${answer.rows[0]}`)?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    offerUndo(answer);
  }

  function offerUndo({ group, rows, said }) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: "Annuler l’insertion" });
    const note = toast(said, { life: UNDO, button });
    button.addEventListener("click", async () => {
      note.remove();
      const answer = await post({ group, remove: rows });
      if (answer?.said) toast(answer.said);
      groupAt(form, group)?.querySelector('.favourites [role="combobox"]')?.focus();
    });
  }

  // The favourites of the group one is in, else of the next one down the page, else of the first.
  function open() {
    const boxes = [...form.querySelectorAll('.favourites [role="combobox"]')].filter((box) => !box.closest(".concealed"));
    const here = document.activeElement, own = here.closest?.(".group")?.querySelector('.favourites [role="combobox"]');
    const box = own ?? boxes.find((other) => here.compareDocumentPosition(other) & 4) ?? boxes[0];
    if (!box) { toast("Aucun tableau de cette fiche n’admet de favoris."); return; }
    box.focus();
    box.click();
    // Once the sections on the way have their height: the list opens below, and is to be seen.
    requestAnimationFrame(() => requestAnimationFrame(() => box.scrollIntoView({ block: "center" })));
  }

  return { insert, open };
}
