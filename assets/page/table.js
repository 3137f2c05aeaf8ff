// What lies inside the shown area, sortable; a row leads into it.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  const FIRST = 60; // rows before "more"

  // Rows without a number come last, whichever way one sorts.
  function sorted(rows, [column, down]) {
    const collator = new Intl.Collator(["zh-CN", "en"]);
    const side = down ? -1 : 1;
    if (column === 0) return [...rows].sort((a, b) => side * collator.compare(a[1], b[1]));
    return [...rows].sort((a, b) => {
      const [x] = a[column + 1], [y] = b[column + 1];
      if (x === null || y === null) return (x === null) - (y === null);
      return side * (x - y);
    });
  }

  function Head({ columns, sort, setSort, words }) {
    const { h } = page;
    const one = (n, name, unit) => {
      const here = sort[0] === n, how = here ? (sort[1] ? "descending" : "ascending") : "none";
      const turn = () => setSort([n, here ? !sort[1] : n > 0]);
      return h("th", { key: n, scope: "col", "aria-sort": how },
        h("button", { type: "button", className: "quiet", title: words.sort, onClick: turn }, here && h("i", { "aria-hidden": true }, sort[1] ? "↓ " : "↑ "), name, unit && h("small", null, unit)));
    };
    return h("thead", null, h("tr", null, one(0, words.name), columns.map(({ name, unit }, n) => one(n + 1, name, unit))));
  }

  function Row({ row, most, drills }) {
    const { h } = page, [code, name, ...cells] = row, go = () => page.go({ area: code });
    const cell = ([value, text, state], n) =>
      h("td", { key: n, className: state }, h("span", null, text),
        n === 0 && value !== null && most > 0 && h("i", { style: { width: `${Math.max(0, (Math.abs(value) / most) * 100).toFixed(1)}%` } }));
    return h("tr", { className: drills ? "drills" : "", onClick: drills ? go : undefined },
      h("th", { scope: "row" }, drills ? h("button", { type: "button", className: "quiet", onClick: (event) => (event.stopPropagation(), go()) }, name) : h("code", null, name)),
      cells.map(cell));
  }

  page.Table = function Table({ table, words }) {
    const { h } = page, { useState, useMemo, useEffect } = window.React;
    const [sort, setSort] = useState([1, true]), [all, setAll] = useState(false);
    useEffect(() => setAll(false), [table]);
    const rows = useMemo(() => sorted(table.rows, sort), [table, sort]);
    const most = Math.max(0, ...table.rows.map(([, , [value]]) => Math.abs(value || 0)));
    const shown = all ? rows : rows.slice(0, FIRST), more = rows.length - shown.length;
    return h("section", { className: "inside" },
      h("h3", null, table.title, h("span", { className: "unit" }, (table.rows.length + table.more).toLocaleString("en"))),
      h("table", null,
        h(Head, { columns: table.columns, sort, setSort, words }),
        h("tbody", null, shown.map((row) => h(Row, { key: row[0], row, most, drills: table.drills })))),
      more > 0 && h("button", { type: "button", className: "quiet more-rows", onClick: () => setAll(true) }, page.fill(words.rows_more, { n: more })),
      all && table.more > 0 && h("p", { className: "quiet-line" }, page.fill(words.rows_more, { n: table.more })));
  };
})();
