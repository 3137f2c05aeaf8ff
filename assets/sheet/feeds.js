// Sources x areas: a wall of small cells, and a strip of the last days of each source.
(function () {
  "use strict";
  const page = ((window.onescreen = window.onescreen || {}).page = window.onescreen.page || {});
  page.blocks = page.blocks || {};

  function Cell({ cell }) {
    const { h } = page, { state, about, glyph, word, href, part } = cell;
    return h("td", { className: page.classes("feed", state), title: about, style: { "--part": `${Math.round(part * 100)}%` } },
      h(page.Link, { href }, h("i", { "aria-hidden": true }, glyph), h("span", { className: "heard" }, word)));
  }

  function Row({ row, strip }) {
    const { h } = page, { name, small, mark, days, cells, href, here } = row;
    return h("tr", { className: here ? "here" : undefined },
      h("th", { scope: "row" }, h(page.Mark, { mark }), h("span", null, h(page.Link, { href }, name), h("small", null, small))),
      h("td", { className: "feed-days", "aria-label": strip }, h("div", null, days.map((day, n) => h("i", { key: n, className: day.state, title: day.about })))),
      cells.map((cell, n) => h(Cell, { key: n, cell })));
  }

  page.blocks.feeds = function Feeds({ block }) {
    const { h } = page, { rows, columns, key, source, strip } = block;
    const head = ({ name, href }, n) => h("th", { key: n, scope: "col" }, h("div", null, h(page.Link, { href, className: "quiet" }, name)));
    return h(page.React.Fragment, null, h(page.Heading3, { block }),
      h("div", { className: "feeds-box" }, h("table", { className: page.classes("feeds-of", columns.length > 20 && "many", columns.length <= 10 && "few") },
        h("thead", null, h("tr", null, h("th", { scope: "col", className: "first" }, source), h("th", { scope: "col", className: "first" }, strip), columns.map(head))),
        h("tbody", null, rows.map((row, n) => h(Row, { key: n, row, strip }))))),
      h("ul", { className: "key-of feeds-key" }, key.map((mark, n) => h("li", { key: n }, h("i", { className: page.classes("feed-key", mark.state) }, mark.glyph), mark.word))));
  };
})();
