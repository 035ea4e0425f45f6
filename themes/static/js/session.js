// Keeps a page alive when its session dies: nothing typed is lost, saves wait, the person signs in again in place.
//
// Put in a page of somebody signed in (never in the sign-in pages):
//   <script src="…/js/session.js" defer data-state="{% url 'accounts:session' %}" data-relogin="{% url 'accounts:relogin' %}"
//           data-user="{{ user.pk }}" data-username="{{ user.username }}"></script>
//
// What it offers (window.dccSession):
//   save(url, {method, headers, body})  Promise<Response>. One save at a time, in order. A closed session opens the dialog and the save
//                                       goes again by itself; a cut network makes it go again every 5 s. It never rejects.
//   fetch(url, options)                 Promise<Response>. The same without the queue: for reading.
//   pending                             number of saves not answered yet; leaving the page then asks for a confirmation.
//   csrf()                              the current CSRF token.
// Terms of use to accept (a 409 with X-DCC-Terms: due): the same, in a dialog. « Plus tard » leaves the page as it is, the request waiting
// behind a notice that opens the dialog again.
// What it tells, on document: « dcc:session » with detail.state: "closed", "open", "offline", "online", "saved" (queue empty).
// <html data-session="closed"> while the session is closed: the style sheet may veil the page.
// What it does by itself: htmx requests answered « session closed » are replayed; a plain form is only sent once the session is known
// to be open; the token of every form and of hx-headers is renewed; the server is asked when the session should be over and when the
// window comes back. Requests say whose page asks (X-DCC-User): the server refuses them once somebody else has signed in.
(() => {
  "use strict";
  const settings = document.currentScript.dataset;
  const CLOSED = "X-DCC-Session", BACKGROUND = { "X-DCC-Background": "1", "X-Requested-With": "XMLHttpRequest" };
  const RETRY = 5000, EARLY = 5000;
  let token = null, dialog = null, opened = null, timer = null, tail = Promise.resolve(), pending = 0, knownUntil = 0;

  const tell = (state) => document.dispatchEvent(new CustomEvent("dcc:session", { detail: { state } }));
  const later = (ms) => new Promise((done) => setTimeout(done, ms));
  const cookie = () => (document.cookie.match(/(?:^|; )(?:__Secure-|__Host-)?csrftoken=([^;]+)/) || [])[1];
  // The cookie first: it is the one that another tab renews.
  const csrf = () => cookie() || token || document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
  const isClosed = (response) => response.status === 401 && response.headers.get(CLOSED) === "closed";

  function renewToken(value) {
    token = value;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = value;
    for (const element of document.querySelectorAll("[hx-headers]")) {
      const headers = JSON.parse(element.getAttribute("hx-headers"));
      if ("X-CSRFToken" in headers) element.setAttribute("hx-headers", JSON.stringify({ ...headers, "X-CSRFToken": value }));
    }
  }

  function note(state) {
    if (!state.open) return;
    renewToken(state.csrf);
    knownUntil = Date.now() + state.seconds * 1000;
    clearTimeout(timer);
    timer = setTimeout(check, Math.max(state.seconds * 1000 + EARLY / 5, EARLY));
  }

  const askState = async () => (await window.fetch(settings.state, { headers: BACKGROUND, cache: "no-store" })).json();

  function noteIfOurs(state) {
    const ours = state.open && state.user === settings.user;
    if (ours) note(state);
    return ours;
  }

  async function check() {
    try {
      if (!noteIfOurs(await askState())) return reopen();
    } catch { clearTimeout(timer); timer = setTimeout(check, RETRY); }
    return true;
  }

  // The dialog --------------------------------------------------------------------------------------------------------------
  function reopen() {
    opened ??= ask().finally(() => { opened = null; });
    return opened;
  }

  async function ask() {
    document.documentElement.dataset.session = "closed";
    tell("closed");
    const form = await loadForm();
    return new Promise((done) => {
      const settle = () => {
        if (!dialog) return;
        window.removeEventListener("focus", lookAgain);
        dialog.close();
        dialog.remove();
        dialog = null;
        delete document.documentElement.dataset.session;
        tell("open");
        done(true);
      };
      // Coming back from another tab, where the same person may have signed in by another way.
      const lookAgain = async () => { if (await isOpenElsewhere()) settle(); };
      window.addEventListener("focus", lookAgain);
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        event.stopPropagation();
        if (await tryForm(form)) settle();
      });
      dialog.showModal();
      (form.elements.username.value ? form.elements.password : form.elements.username).focus();
    });
  }

  async function isOpenElsewhere() {
    try { return noteIfOurs(await askState()); } catch { return false; }
  }

  async function loadForm() {
    dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "relogin-title");
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    for (;;) {
      try {
        const response = await window.fetch(settings.relogin, { cache: "no-store", headers: { Accept: "text/html" } });
        if (!response.ok) throw new Error(String(response.status));
        dialog.innerHTML = await response.text();
        break;
      } catch { await later(RETRY); }
    }
    const form = dialog.querySelector("form");
    form.elements.user.value = settings.user || "";
    form.elements.username.value = settings.username || "";
    return form;
  }

  async function tryForm(form) {
    const button = form.querySelector("button:not([type=button])"), error = form.querySelector("[data-relogin-error]");
    button.disabled = true;
    form.elements.csrfmiddlewaretoken.value = csrf();
    let answer = { error: error.dataset.silent };
    try {
      const response = await window.fetch(settings.relogin, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" },
      });
      answer = await response.json();
    } catch { /* said below */ }
    button.disabled = false;
    form.elements.code.value = "";
    if (answer.open) { note(answer); return true; }
    form.elements.password.value = "";
    error.querySelector("p").textContent = answer.error;
    error.hidden = false;
    form.elements.password.focus();
    return false;
  }

  // Requests -------------------------------------------------------------------------------------------------------------------
  function dressed(options) {
    const headers = new Headers(options.headers);
    headers.set("X-Requested-With", "XMLHttpRequest");
    if (settings.user) headers.set("X-DCC-User", settings.user);
    if (!/^(GET|HEAD)$/i.test(options.method || "GET")) headers.set("X-CSRFToken", csrf());
    freshen(options.body);
    return { ...options, headers };
  }

  // A token that travels in the body is read before the header: the one of the closed session would spoil the replay.
  function freshen(body) {
    const isForm = body instanceof FormData || body instanceof URLSearchParams;
    if (isForm && body.has("csrfmiddlewaretoken")) body.set("csrfmiddlewaretoken", csrf());
    return body;
  }

  async function open(url, options = {}) {
    for (let fresh = false; ;) {
      const response = await window.fetch(url, dressed(options));
      if (isClosed(response)) await reopen();
      else if (isDue(response)) await agree((await response.json()).terms);
      else if (response.status === 403 && !fresh) { fresh = true; await check(); } // a token renewed by another tab
      else return response;
    }
  }

  // Terms of use ---------------------------------------------------------------------------------------------------------------
  const isDue = (response) => response.status === 409 && response.headers.get("X-DCC-Terms") === "due";
  let agreed = null;

  function agree(url) {
    agreed ??= untilAccepted(url).finally(() => { agreed = null; });
    return agreed;
  }

  async function untilAccepted(url) {
    for (;;) {
      const response = await open(url, { cache: "no-store", headers: { Accept: "text/html" } });
      if (response.status === 204) return;
      if (response.ok && !(await answered(await response.text()))) await asked();
      if (!response.ok) await later(RETRY);
    }
  }

  let notice = null;
  function answered(html) {
    const box = document.createElement("dialog");
    box.className = "terms";
    box.setAttribute("aria-labelledby", "terms-title");
    box.innerHTML = html;
    document.body.append(box);
    const form = box.querySelector("form");
    notice = box.querySelector("template[data-terms-waiting]").content.firstElementChild;
    return new Promise((done) => {
      const close = (accepted) => { box.close(); box.remove(); done(accepted); };
      box.addEventListener("cancel", () => close(false));
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        event.stopPropagation();
        const answer = await reply(form, event.submitter.value);
        if (!answer.error) return close(event.submitter.value === "accept");
        const error = form.querySelector("[data-terms-error]");
        error.querySelector("p").textContent = answer.error;
        error.hidden = false;
      });
      box.showModal();
      box.querySelector(".terms-text").focus();
    });
  }

  async function reply(form, choice) {
    const body = new URLSearchParams(new FormData(form));
    body.set("answer", choice);
    try {
      const response = await open(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      return await response.json();
    } catch { return { error: form.dataset.silent }; }
  }

  // « Plus tard »: the notice stays until somebody asks for the dialog again.
  function asked() {
    document.body.append(notice);
    return new Promise((done) => notice.querySelector("button").addEventListener("click", () => { notice.remove(); done(); }, { once: true }));
  }

  async function persist(url, options) {
    let cut = false;
    for (;;) {
      try {
        const response = await open(url, options);
        if (cut) tell("online");
        return response;
      } catch {
        if (!cut) { cut = true; tell("offline"); }
        await later(RETRY);
      }
    }
  }

  function save(url, options = {}) {
    pending += 1;
    const done = tail.then(() => persist(url, { method: "POST", ...options }));
    tail = done.finally(() => { pending -= 1; if (!pending) tell("saved"); });
    return done;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    if (settings.user) event.detail.headers["X-DCC-User"] = settings.user;
    event.detail.headers["X-CSRFToken"] = csrf();
    freshen(event.detail.formData);
  });
  // htmx: a request answered « session closed » is sent again with what it carried.
  document.addEventListener("htmx:beforeSwap", (event) => { if (isClosedXhr(event.detail.xhr) || isDueXhr(event.detail.xhr)) event.detail.shouldSwap = false; });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (!isClosedXhr(xhr) && !isDueXhr(xhr)) return;
    const { verb, path, formData, elt, target } = event.detail.requestConfig;
    (isDueXhr(xhr) ? agree(JSON.parse(xhr.responseText).terms) : reopen()).then(() => window.htmx.ajax(verb.toUpperCase(), path, { source: elt, target, values: freshen(formData) }));
  });
  const isDueXhr = (xhr) => xhr.status === 409 && xhr.getResponseHeader("X-DCC-Terms") === "due";
  const isClosedXhr = (xhr) => xhr.status === 401 && xhr.getResponseHeader(CLOSED) === "closed";

  // A plain form: when the session may be over, ask first; the form is sent once it is open again, with a fresh token.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-relogin") || form.hasAttribute("data-terms")) return;
    if (form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = csrf();
    if (Date.now() < knownUntil - EARLY) return;
    event.preventDefault();
    const submitter = event.submitter;
    check().then(() => { knownUntil = Math.max(knownUntil, Date.now() + 2 * EARLY); form.requestSubmit(submitter); });
  });

  // Another tab may have signed in or out meanwhile.
  window.addEventListener("focus", () => { if (!opened) check(); });
  window.addEventListener("beforeunload", (event) => { if (pending) event.preventDefault(); });
  window.dccSession = { save, fetch: open, csrf, get pending() { return pending; } };
  check();
})();
