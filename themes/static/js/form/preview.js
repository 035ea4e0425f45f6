// The preview of a form being written: conditional questions follow the answers, which go nowhere.

import { settle } from "./visibility.js";

const form = document.getElementById("saisie");
form.addEventListener("change", () => settle(form));
form.addEventListener("submit", (event) => event.preventDefault());
