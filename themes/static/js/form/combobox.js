// Type-ahead (WAI-ARIA combobox with a listbox): codes of a value set, professionals, structures. The list is the server's, best first.

const WAIT = 90;
let serial = 0;

export class Comboboxes {
  constructor(form, { onCode, onPerson, onFavourite }) {
    this.form = form;
    this.onCode = onCode;
    this.onPerson = onPerson;
    this.onFavourite = onFavourite;
    this.open = null;
    form.addEventListener("input", (event) => this.isCombo(event.target) && this.typed(event.target));
    form.addEventListener("keydown", (event) => this.isCombo(event.target) && this.key(event));
    form.addEventListener("click", (event) => this.isCombo(event.target) && !this.isOpenOn(event.target) && this.ask(event.target, 0));
    form.addEventListener("focusout", (event) => this.isCombo(event.target) && this.leave(event.target));
  }

  isCombo(element) { return element.getAttribute?.("role") === "combobox"; }
  isOpenOn(input) { return this.open?.input === input; }

  urlFor(input) {
    const box = input.closest(".combo"), params = new URLSearchParams({ q: this.isWhole(input) ? "" : input.value.trim() });
    if (box.dataset.people) {
      params.set("genre", box.dataset.people);
      return `${this.form.dataset.people}?${params}`;
    }
    if (box.dataset.favourites) {
      params.set("groupe", box.dataset.favourites);
      return `${this.form.dataset.favourites}?${params}`;
    }
    params.set("liste", box.dataset.list);
    if (box.dataset.question) params.set("question", box.dataset.question);
    params.set("formulaire", this.form.dataset.form);
    return `${this.form.dataset.codes}?${params}`;
  }

  // The text is the answer already chosen: opening the list then shows the beginning of it, not only that one.
  isWhole(input) { return input.dataset.chosen !== undefined && input.dataset.chosen === input.value; }

  // The list is of the former words until the server answers: nothing of it is taken by a key meanwhile, it could be another code.
  typed(input) {
    if (this.isOpenOn(input)) this.deactivate();
    this.ask(input);
  }

  ask(input, wait = WAIT) {
    if (wait) delete input.dataset.chosen;
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      this.abort?.abort();
      this.abort = new AbortController();
      try {
        const response = await window.dccSession.fetch(this.urlFor(input), { signal: this.abort.signal });
        if (response.ok && document.activeElement === input) this.show(input, (await response.json()).options);
      } catch (error) {
        if (error.name !== "AbortError") this.close();
      }
    }, wait);
  }

  show(input, options) {
    this.close();
    const list = document.createElement("ul");
    list.id = `liste-${(serial += 1)}`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Propositions");
    options.forEach((option, n) => list.append(this.optionOf(list, option, n)));
    if (!options.length) {
      if (input.value.trim().length < 2 && input.closest(".combo").dataset.people) return;
      list.append(nothing(input));
    }
    input.closest(".combo").append(list);
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", list.id);
    this.open = { input, list, options, active: -1 };
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.choose(Number(item.dataset.n));
    });
    if (input.closest(".combo").dataset.favourites) list.scrollIntoView({ block: "nearest" });
    const typed = input.value.trim() || input.closest(".combo").dataset.favourites;
    if (options.length && typed && !this.isWhole(input) && !("free" in input.closest(".combo").dataset)) this.activate(0);
  }

  optionOf(list, option, n) {
    const item = document.createElement("li"), label = document.createElement("span"), detail = document.createElement("small");
    item.id = `${list.id}-${n}`;
    item.dataset.n = n;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    label.textContent = (option.mark === "favori" ? "★ " : "") + option.label;
    detail.textContent = option.code ?? option.detail ?? "";
    item.append(label, detail);
    return item;
  }

  deactivate() {
    this.open.list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
    this.open.input.removeAttribute("aria-activedescendant");
    this.open.active = -1;
    this.open.stale = true;
  }

  activate(n) {
    const { input, list, options } = this.open;
    list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
    this.open.active = (n + options.length) % options.length;
    const item = list.children[this.open.active];
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  }

  key(event) {
    const input = event.target, open = this.isOpenOn(input);
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) {
      event.preventDefault();
      event.stopPropagation();
      if (!open) this.ask(input, 0);
      else if (event.altKey && event.key === "ArrowUp") this.close();
      else if (this.open.options.length) this.activate(this.open.active === -1 && event.key === "ArrowUp" ? -1 : this.open.active + moves[event.key]);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (open && event.key === "Enter" && this.open.stale && this.open.active < 0) {
      event.preventDefault();
    } else if (open && event.key === "Enter" && this.open.active >= 0) {
      event.preventDefault();
      this.choose(this.open.active);
    } else if (open && event.key === "Tab" && this.open.active >= 0 && input.value.trim()) {
      this.choose(this.open.active);
    }
  }

  choose(n) {
    const { input, options } = this.open, option = options[n];
    this.close();
    clearTimeout(this.timer);
    if (input.closest(".combo").dataset.people) this.onPerson(input, option);
    else if (input.closest(".combo").dataset.favourites) this.onFavourite(input, option);
    else this.onCode(input, option);
  }

  leave(input) {
    clearTimeout(this.timer);
    this.abort?.abort();
    if (this.isOpenOn(input)) this.close();
  }

  close() {
    if (!this.open) return;
    const { input, list } = this.open;
    list.remove();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    input.removeAttribute("aria-controls");
    this.open = null;
  }
}

function nothing(input) {
  const item = document.createElement("li");
  item.className = "nothing";
  if (input.closest(".combo").dataset.favourites) item.textContent = "Aucun favori ne répond à ces mots";
  else item.textContent = "free" in input.closest(".combo").dataset ? "Rien dans la liste : le texte saisi sera gardé" : "Rien dans la liste";
  return item;
}
