// Starts the widgets of the admin from data instead of inline scripts, which the Content Security Policy refuses.
// A page declares <script type="application/json" data-start="Chooser">[arguments]</script>; only the names below can be started.
(() => {
  "use strict";

  const starters = {
    Chooser: (args) => new window.Chooser(...args),
    SnippetChooser: (args) => new window.SnippetChooser(...args),
    InlinePanel: (args) => new window.InlinePanel(...args),
    initDateChooser: (args) => window.initDateChooser(...args),
    initDateTimeChooser: (args) => window.initDateTimeChooser(...args),
    initTimeChooser: (args) => window.initTimeChooser(...args),
  };
  const waiting = 'script[type="application/json"][data-start]';

  const start = (element) => {
    const starter = starters[element.dataset.start];
    element.removeAttribute("data-start");
    if (starter) starter(JSON.parse(element.textContent));
  };

  const startWithin = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    if (root.matches(waiting)) start(root);
    root.querySelectorAll(waiting).forEach(start);
  };

  document.addEventListener("DOMContentLoaded", () => {
    startWithin(document.documentElement);
    new MutationObserver((changes) => {
      changes.forEach((change) => change.addedNodes.forEach(startWithin));
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
