// The workshop's page: each gesture posts the draft with one operation, and the parts that come back replace the former ones.
// Python decides; this script keeps the draft in its field, the focus in its place, and the former drafts to go back to.
(() => {
  "use strict";

  const LIMIT = 100;

  // Narrows a list ([data-filtered]) to the items ([data-text]) that hold all the words typed, accents apart.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const filter = (search) => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const within = document.querySelector(`[data-filtered="${search.dataset.filter}"]`);
    within.querySelectorAll("[data-text]").forEach((item) => {
      const text = plain(item.dataset.text);
      item.hidden = !words.every((word) => text.includes(word));
    });
    within.querySelectorAll("section").forEach((section) => { section.hidden = !section.querySelector("[data-text]:not([hidden])"); });
  };

  class Workshop {
    constructor(root) {
      this.root = root;
      this.field = root.querySelector("[data-workshop-draft]");
      this.view = { selected: root.querySelector("[aria-current]")?.dataset.select || "" };
      this.before = [];
      this.after = [];
      this.queue = Promise.resolve();
      this.asked = 0; // gestures whose answer is still on its way
      // Before Wagtail's own listeners: the button is neither put to sleep nor does a workflow begin.
      document.addEventListener("click", this.leave.bind(this), { capture: true });
      window.addEventListener("beforeunload", (event) => { if (this.asked) event.preventDefault(); });
      for (const [type, listener] of Object.entries({
        click: this.click, change: this.change, input: this.input, keydown: this.keydown,
        dragstart: this.drag, dragover: this.over, drop: this.drop,
      })) root.addEventListener(type, listener.bind(this));
    }

    // One request at a time, in order: each works on the draft that the former one gave back.
    ask(operation, args, view = {}) {
      const gestures = operation ? 1 : 0;
      this.asked += gestures;
      this.queue = this.queue.then(() => this.send(operation, args, view)).catch((error) => this.fail(String(error)))
        .finally(() => { this.asked -= gestures; });
      return this.queue;
    }

    // A button that sends the form waits for every gesture, so that what is saved holds them; after a refusal nothing is sent.
    async leave(event) {
      const button = event.target.closest("button");
      if (!button || button.form !== this.field.form || !(button.type === "submit" || button.dataset.workflowActionName)) return;
      this.commit();
      if (!this.asked) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (this.leaving) return;
      this.leaving = true;
      this.problem = "";
      this.say("Geste en cours : l'envoi suit");
      while (this.asked) await this.queue;
      this.leaving = false;
      if (this.problem) this.fail(`Rien n'est envoyé, un geste n'a pas abouti : ${this.problem}`);
      else button.click();
    }

    // A shortcut sends the form while somebody still types: the words count.
    commit() {
      const { activeElement } = document;
      if (!this.root.contains(activeElement) || !activeElement.dataset.change || activeElement.type === "checkbox") return;
      if ("defaultValue" in activeElement && activeElement.value !== activeElement.defaultValue) {
        activeElement.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }

    async send(operation, args, view) {
      this.view = { selected: this.view.selected, ...view };
      this.root.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(this.root.dataset.operate, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-CSRFToken": this.token(), Accept: "application/json" },
          body: JSON.stringify({ draft: JSON.parse(this.field.value), operation, arguments: args, view: this.view }),
        });
        const data = await answer.json().catch(() => ({ error: `Le serveur n'a pas répondu (${answer.status})` }));
        if (data.error) return this.fail(data.error);
        if (data.draft) this.keep(JSON.stringify(data.draft));
        this.show(data);
      } finally {
        this.root.removeAttribute("aria-busy");
      }
    }

    token() {
      return document.querySelector("[name=csrfmiddlewaretoken]").value;
    }

    keep(draft) {
      this.before = [...this.before.slice(1 - LIMIT), this.field.value];
      this.after = [];
      this.write(draft);
    }

    write(draft) {
      this.field.value = draft;
      this.field.dispatchEvent(new Event("change", { bubbles: true }));
      this.root.querySelector("[data-undo]").disabled = !this.before.length;
      this.root.querySelector("[data-redo]").disabled = !this.after.length;
    }

    turn(from, to) {
      if (!from.length) return;
      to.push(this.field.value);
      this.write(from.pop());
      this.ask("", {}).then(() => this.say(from === this.before ? "Geste annulé" : "Geste rétabli"));
    }

    show(data) {
      const active = document.activeElement;
      const held = this.root.contains(active) ? active.dataset.focus : undefined;
      const typed = held && "value" in active && active.value !== active.defaultValue && active.type !== "checkbox" ? active.value : undefined;
      const open = new Set([...this.root.querySelectorAll("details[open]")].map((details) => details.dataset.details));
      const scroll = this.root.querySelector("[data-part=outline]").scrollTop;
      const moved = data.view && data.view.selected !== this.view.selected;
      for (const [name, html] of Object.entries(data.html)) this.root.querySelector(`[data-part=${name}]`).innerHTML = html;
      if (data.view) this.view = { selected: data.view.selected };
      this.root.querySelectorAll("details[data-details]").forEach((details) => { details.open = open.has(details.dataset.details); });
      this.root.querySelector("[data-part=outline]").scrollTop = scroll;
      this.say(data.said || "");
      this.refocus(moved ? "label" : held, typed);
    }

    refocus(name, typed) {
      if (name === undefined) return;
      const found = this.at(name) || this.at(this.view.selected) || this.at("section.title");
      if (!found) return;
      found.focus({ preventScroll: false });
      if (typed !== undefined && "value" in found && found.dataset.focus === name && found.tagName !== "SELECT") found.value = typed;
      if (name === "label" && found.select) found.select();
    }

    at(name) {
      return this.root.querySelector(`[data-focus="${CSS.escape(name)}"]`);
    }

    say(text) {
      this.root.querySelector("[data-said]").textContent = text;
      this.root.querySelector("[data-error]").textContent = "";
    }

    fail(text) {
      this.problem = text;
      this.root.querySelector("[data-said]").textContent = "";
      this.root.querySelector("[data-error]").textContent = text;
    }

    click(event) {
      const target = event.target.closest("button");
      if (!target) return;
      if (target.matches("[data-undo]")) this.turn(this.before, this.after);
      else if (target.matches("[data-redo]")) this.turn(this.after, this.before);
      else if (target.dataset.op) this.ask(target.dataset.op, { ...JSON.parse(target.dataset.args), ...this.fields(target) });
      else if (target.dataset.picking) this.ask("", {}, { picking: target.dataset.picking }).then(() => this.refocus("picker"));
      else if (target.dataset.select !== undefined) this.ask("", {}, { selected: target.dataset.select, picking: "", asked: "" });
    }

    // The arguments written in the fields around a button.
    fields(target) {
      const found = {};
      const around = target.closest("[data-fields]");
      for (const field of around ? around.querySelectorAll("[data-arg]") : []) {
        const name = field.dataset.arg;
        if (field.dataset.many !== undefined) {
          found[name] = found[name] || [];
          if (field.checked) found[name].push(field.value);
        } else if (field.dataset.list !== undefined) found[name] = [...(found[name] || []), field.value];
        else found[name] = field.value;
      }
      return found;
    }

    change(event) {
      const { target } = event;
      if (target === this.field) return;
      const value = target.type === "checkbox" ? target.checked : target.value;
      if (target.dataset.change) {
        target.defaultValue = target.value;
        this.ask(target.dataset.change, { ...JSON.parse(target.dataset.args), [target.dataset.name || "value"]: value });
      } else if (target.dataset.gather) this.ask(target.dataset.gather, { ...JSON.parse(target.dataset.args), ...this.fields(target) });
      else if (target.dataset.asked !== undefined) this.ask("", {}, { asked: value });
    }

    input(event) {
      const { target } = event;
      if (target.dataset.suggest) this.suggest(target);
    }

    async suggest(field) {
      const asked = field.value;
      const query = new URLSearchParams({ values: field.dataset.suggest, q: asked });
      const answer = await fetch(`${this.root.dataset.codes}?${query}`, { headers: { Accept: "application/json" } });
      const { options } = await answer.json();
      if (field.value !== asked || !field.isConnected) return;
      let list = field.list;
      if (!list) {
        list = document.createElement("datalist");
        list.id = `workshop-codes-${field.dataset.focus.replace(/\W/g, "-")}`;
        field.after(list);
        field.setAttribute("list", list.id);
      }
      list.replaceChildren(...options.map((option) => Object.assign(document.createElement("option"), { value: option })));
    }

    keydown(event) {
      const { target, key } = event;
      if (key === "Enter" && target.matches("input") && target.type !== "checkbox") {
        event.preventDefault(); // Wagtail's form would be sent
        if (target.dataset.enter !== undefined) target.closest("[data-fields]").querySelector("[data-op]").click();
        else target.dispatchEvent(new Event("change", { bubbles: true }));
      } else if ((event.ctrlKey || event.metaKey) && !event.altKey && key.toLowerCase() === "z" && !target.matches("input, textarea")) {
        event.preventDefault();
        if (event.shiftKey) this.turn(this.after, this.before);
        else this.turn(this.before, this.after);
      } else if (target.matches(".workshop__name")) this.walk(event);
    }

    // Arrows walk through the outline; with Alt they move what is under them.
    walk(event) {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      if (event.altKey) {
        event.target.closest("[data-drag]").querySelector(`[data-focus^="${step < 0 ? "up" : "down"}:"]`).click();
        return;
      }
      const names = [...this.root.querySelectorAll(".workshop__name")];
      names[names.indexOf(event.target) + step]?.focus();
    }

    drag(event) {
      const row = event.target.closest("[data-drag]");
      if (!row) return;
      this.dragged = { kind: row.dataset.drag, key: row.dataset.key };
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.key);
    }

    over(event) {
      if (this.dragged && event.target.closest("[data-drop-section]")) event.preventDefault();
    }

    drop(event) {
      const section = event.target.closest("[data-drop-section]");
      if (!this.dragged || !section) return;
      event.preventDefault();
      const row = event.target.closest("[data-drag=question]");
      const { kind, key } = this.dragged;
      this.dragged = undefined;
      if (kind === "section") {
        if (section.dataset.dropSection !== key) this.ask("section.move", { section: key, before: section.dataset.dropSection });
      } else this.ask("question.place", row ? { question: key, before: row.dataset.key } : { question: key, section: section.dataset.dropSection });
    }

  }

  document.addEventListener("DOMContentLoaded", () => {
    document.addEventListener("input", ({ target }) => { if (target.dataset.filter) filter(target); });
    document.querySelectorAll("[data-workshop]").forEach((root) => new Workshop(root));
  });
})();
