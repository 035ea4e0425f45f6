// Asks how far a proof is until it ended, then shows the report. Without scripts the link « Actualiser » does it.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const region = document.querySelector("[data-control-progress]");
  if (!region) return;

  const ask = async () => {
    try {
      const answer = await fetch(region.dataset.controlProgress, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (answer.ok) {
        const piece = new DOMParser().parseFromString(await answer.text(), "text/html").body;
        if (piece.querySelector("[data-control-ended]")) {
          window.location.reload();
          return;
        }
        region.replaceChildren(...piece.childNodes);
      }
    } catch {
      // the network is away: ask again
    }
    window.setTimeout(ask, 1500);
  };
  window.setTimeout(ask, 1000);
});
