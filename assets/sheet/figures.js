// A strip of key figures.
(function () {
  "use strict";
  const page = ((window.onescreen = window.onescreen || {}).page = window.onescreen.page || {});
  page.blocks = page.blocks || {};

  function Figure({ figure, hero }) {
    const { h } = page, { name, text, unit, state, small, href, about, mark, tone } = figure;
    const body = [
      h("span", { key: "name", className: "name" }, h(page.Mark, { mark }), name),
      h("span", { key: "number", className: page.classes("number", state) }, h("b", null, text), unit && state !== "missing" && h("span", { className: "unit" }, unit)),
      h("span", { key: "small", className: page.classes("small", tone) }, small),
    ];
    return h("li", { className: hero ? "hero" : "" }, h(page.Link, { href, title: about, className: "figure" }, body));
  }

  page.blocks.figures = function Figures({ block }) {
    const { h } = page;
    return h(page.React.Fragment, null, h(page.Heading3, { block }),
      h("ul", { className: page.classes("strip-of", block.hero && "heroic") }, block.figures.map((figure, n) => h(Figure, { key: n, figure, hero: block.hero && n === 0 }))));
  };
})();
