// Panels of rows x columns with a count in each cell.
(function () {
  "use strict";
  const page = ((window.onescreen = window.onescreen || {}).page = window.onescreen.page || {});
  page.blocks = page.blocks || {};

  function Square({ square }) {
    const { h } = page, { text, state, weight, href, about, mark, quiet } = square;
    const style = { "--weight": `${Math.round(weight * 100)}%` };
    return h("td", { className: page.classes(state, quiet && "quiet-cell"), style },
      h(page.Link, { href, title: about }, mark && h("sup", { "aria-hidden": true }, mark), text));
  }

  function Panel({ panel }) {
    const { h } = page, { title, rows, columns, squares, rows_name, columns_name, mark } = panel;
    return h("table", { className: "panel-of" },
      h("caption", null, h("span", null, title), h(page.Mark, { mark })),
      h("thead", null,
        columns_name && h("tr", { className: "axis-name" }, h("td", null), h("th", { colSpan: columns.length, scope: "colgroup" }, columns_name)),
        h("tr", null, h("td", { className: "axis-name" }, rows_name), columns.map((column, n) => h("th", { key: n, scope: "col" }, h(page.Mark, { mark: column }))))),
      h("tbody", null, rows.map((row, n) => h("tr", { key: n }, h("th", { scope: "row" }, h(page.Mark, { mark: row })), squares[n].map((square, m) => h(Square, { key: m, square }))))));
  }

  page.blocks.matrix = function Matrix({ block }) {
    const { h } = page;
    return h(page.React.Fragment, null, h(page.Heading3, { block }),
      h("div", { className: "panels-of" }, block.panels.map((panel, n) => h(Panel, { key: n, panel }))),
      block.key.length > 0 && h("ul", { className: "key-of" }, block.key.map((text) => h("li", { key: text }, text))));
  };
})();
