// Bars of parts, one a row, on one scale.
(function () {
  "use strict";
  const page = ((window.onescreen = window.onescreen || {}).page = window.onescreen.page || {});
  page.blocks = page.blocks || {};

  // The parts of one bar; a part too thin to be seen is still a hair wide, nought is nothing.
  page.Parts = function Parts({ parts, whole, links }) {
    const { h } = page, seen = parts.filter(({ value }) => value > 0);
    const one = ({ name, value, text, shade, colour, href }) => {
      const style = { flexGrow: whole ? value / whole : 0, background: colour || undefined };
      const about = `${name} ${text}`;
      if (!links || !href) return h("i", { key: name, className: shade && `shade-${shade}`, style, title: about });
      return h("a", { key: name, className: shade && `shade-${shade}`, style, title: about, href, "aria-label": about, onClick: (event) => page.follow(event, href) });
    };
    const rest = whole ? 1 - seen.reduce((sum, { value }) => sum + value, 0) / whole : 1;
    return h("span", { className: "parts" }, seen.map(one), rest > 1e-6 && h("i", { key: "", className: "rest", style: { flexGrow: rest } }));
  };

  function Legend({ parts }) {
    const { h } = page;
    return h("ul", { className: "shades" }, parts.map(({ name, shade, colour, glyph }) =>
      h("li", { key: name }, h("i", { className: shade && `shade-${shade}`, style: { background: colour || undefined } }), glyph && h("span", { "aria-hidden": true, style: { color: colour } }, glyph), name)));
  }

  function Labels({ parts }) {
    const { h } = page;
    return h("ul", { className: "part-labels" }, parts.filter(({ value }) => value > 0).map(({ name, text, href, shade, colour, glyph }) =>
      h("li", { key: name }, glyph ? h("i", { className: "sign", style: { color: colour }, "aria-hidden": true }, glyph) : h("i", { className: shade && `shade-${shade}` }), h("span", null, name), h(page.Link, { href }, h("b", null, text)))));
  }

  function Bar({ row, most, equal, labels }) {
    const { h } = page, { name, parts, text, small, href, mark, state } = row;
    const own = parts.reduce((sum, { value }) => sum + value, 0), whole = equal ? own : most;
    return h("li", null,
      h("div", { className: "bar-name" }, h(page.Mark, { mark }), h(page.Link, { href }, name), small && h("small", null, small)),
      state === "missing" ? h("span", { className: "parts missing" }) : h(page.Parts, { parts, whole, links: true }),
      h("div", { className: page.classes("bar-total", state) }, text),
      labels && state !== "missing" && h(Labels, { parts }));
  }

  page.blocks.stack = function Stack({ block }) {
    const { h } = page, { rows, legend, labels, equal } = block;
    const most = Math.max(0, ...rows.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0)));
    const longest = rows.reduce((found, { parts }) => (parts.length > found.length ? parts : found), []);
    return h(page.React.Fragment, null, h(page.Heading3, { block }),
      legend && longest.length > 1 && h(Legend, { parts: longest }),
      h("ul", { className: page.classes("bars-of", labels && "labelled") }, rows.map((row, n) => h(Bar, { key: n, row, most, equal, labels }))));
  };
})();
