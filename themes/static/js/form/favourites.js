// Favourites of a group: found by type-ahead, inserted as rows, taken out again.

import { groupAt } from "./values.js";

const UNDO = 20_000;

export function favouritesOf(form, saving, { show, toast, putGroup, settle }) {
  let undoing = null;

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

  function button(words, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words });
    made.addEventListener("click", act);
    return made;
  }

  function offerUndo({ group, rows, said, sheets }) {
    undoing = async () => {
      undoing = null;
      note.remove();
      const answer = await post({ group, remove: rows });
      if (answer?.said) toast(answer.said);
      groupAt(form, group)?.querySelector('.favourites [role="combobox"]')?.focus();
    };
    const joining = sheets.map(({ value, label }) => button(`Joindre la fiche d’effets : ${label}`, async (event) => {
      event.target.disabled = true;
      const answer = await saving.post(form.dataset.sheets, { sheet: value });
      event.target.remove();
      toast(answer.error ?? answer.said);
    }));
    const note = toast(said, { life: UNDO, buttons: [...joining, button("Annuler l’insertion (Alt + Z)", () => undoing?.())] });
  }

  // The favourites of the group one is in, else of the next one down the page, else of the first.
  function open() {
    const boxes = form.dataset.insert ? [...form.querySelectorAll('.favourites [role="combobox"]')].filter((box) => !box.closest(".concealed")) : [];
    const here = document.activeElement, own = here.closest?.(".group")?.querySelector('.favourites [role="combobox"]');
    const box = boxes.includes(own) ? own : (boxes.find((other) => here.compareDocumentPosition(other) & 4) ?? boxes[0]);
    if (!box) { toast("Aucun tableau de ce document n’admet de favoris."); return; }
    box.focus();
    box.click();
  }

  function undo() {
    if (undoing) undoing();
    else toast("Aucune insertion à annuler.");
  }

  return { insert, open, undo };
}
