// Language and theme stand in the address; the kept page is one for all of them, so they are set before it is drawn.
(function () {
  "use strict";
  const asked = new URLSearchParams(location.search), page = document.documentElement;
  const lang = { zh: "zh", en: "en" }[asked.get("lang")] || page.dataset.lang;
  page.lang = lang === "en" ? "en" : "zh-CN";
  page.dataset.theme = asked.get("theme") === "light" ? "light" : "dark";
})();
