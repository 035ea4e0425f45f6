// The panel of syntheses and remarks follows what is saved: asked again a moment after, put in place without moving who reads it.

const SOON = 800;

export function careOf() {
  const panel = document.getElementById("soins");
  let timer = null, asked = 0;

  async function refresh() {
    const mine = (asked += 1);
    const response = await window.dccSession.fetch(panel.dataset.care, { headers: { "X-DCC-Background": "1" } }).catch(() => null);
    if (!response?.ok || mine !== asked) return;
    const inside = panel.contains(document.activeElement) ? (document.activeElement.getAttribute("href") ?? "summary") : null;
    panel.innerHTML = await response.text();
    if (inside) ([...panel.querySelectorAll("a")].find((link) => link.getAttribute("href") === inside) ?? panel.querySelector("summary")).focus();
  }

  return {
    follow() {
      if (!panel?.dataset.care) return;
      clearTimeout(timer);
      timer = setTimeout(refresh, SOON);
    },
  };
}
