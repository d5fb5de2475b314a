"use strict";
// Which language shows. Every text is in the page already; nothing is fetched.
const chosen = [...document.querySelectorAll("[data-choose]")];
const whenChosen = [];
const current = () => document.documentElement.dataset.language;
function choose(language) {
  document.documentElement.dataset.language = language;
  for (const part of document.querySelectorAll(".language")) {
    part.hidden = part.dataset.language !== language;
    if (!part.hidden) document.documentElement.lang = part.lang;
  }
  for (const button of chosen) button.setAttribute("aria-pressed", String(button.dataset.choose === language));
  for (const call of whenChosen) call();
}
for (const button of chosen) button.addEventListener("click", () => choose(button.dataset.choose));
