// The page that scans: the separator of a scanner that types, a file dropped, the camera. All of it works without this, but the camera.

const GS = "\u001d";
const PAUSE = 350; // milliseconds between two pictures sent: the next one waits for the answer of the former
const WIDEST = 1600; // a code of 2 cm held at 15 cm has some 10 points a module there

const text = document.getElementById("text");
text.addEventListener("keydown", (event) => {
  // Scanners press Ctrl and ], or the key of an unknown character, for the separator; a field would drop it.
  if (!(event.ctrlKey && !event.altKey && (event.key === "]" || event.code === "BracketRight"))) return;
  event.preventDefault();
  text.setRangeText(GS, text.selectionStart, text.selectionEnd, "end");
});

const drop = document.querySelector("[data-drop]");
for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    drop.elements.file.files = event.dataTransfer.files;
    drop.requestSubmit();
  });
}

const camera = document.querySelector("[data-camera]");
if (navigator.mediaDevices?.getUserMedia) start(camera);

function start(form) {
  const video = form.querySelector("video"), button = form.querySelector("[data-start]"), said = form.querySelector("[data-said]");
  const canvas = document.createElement("canvas");
  let stream = null;
  form.hidden = false;
  button.addEventListener("click", () => (stream ? close() : open()));
  window.addEventListener("pagehide", close);

  async function open() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
    } catch {
      said.textContent = said.dataset.none;
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    shown(true);
    said.textContent = said.dataset.waiting;
    while (stream) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  function close() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    shown(false);
  }

  function shown(opened) {
    button.setAttribute("aria-expanded", String(opened));
    button.querySelector("[data-word]").hidden = opened;
    button.querySelector("[data-other]").hidden = !opened;
  }

  async function look() {
    if (!video.videoWidth) return;
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("file", picture, "image.jpg");
    const response = await fetch(form.dataset.frame, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    if (!stream) return;
    if (!response?.ok) {
      const wait = Number(response?.headers.get("Retry-After")) || 0;
      said.textContent = (await response?.json().catch(() => ({})))?.error || said.dataset.away;
      if (wait) await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      else close();
      return;
    }
    const answer = await response.json();
    said.textContent = answer.said || said.dataset.waiting;
    if (!answer.seal) return;
    close();
    form.elements.seal.value = answer.seal;
    form.requestSubmit();
  }
}
