// A table: sorted here, or a page of a long list that the server sorted.
(function () {
  "use strict";
  const page = ((window.onescreen = window.onescreen || {}).page = window.onescreen.page || {});
  page.blocks = page.blocks || {};
  const collator = new Intl.Collator(["zh-CN", "en"], { numeric: true });

  // Rows without a value come last, whichever way one sorts.
  function sorted(rows, sort) {
    if (!sort) return rows;
    const [column, down] = sort, side = down ? -1 : 1;
    const of = (row) => row.cells[column].value;
    return [...rows].sort((a, b) => {
      const [x, y] = [of(a), of(b)];
      if (x === null || y === null) return (x === null) - (y === null);
      return side * (typeof x === "string" ? collator.compare(x, y) : x - y);
    });
  }

  function Head({ columns, sort, setSort, fixed, words }) {
    const { h } = page;
    const one = ({ name, unit, about, left, least, sort: may }, n) => {
      const here = sort && sort[0] === n, label = [here && h("i", { key: "i", "aria-hidden": true }, sort[1] ? "↓\u00a0" : "↑\u00a0"), name, unit && h("small", { key: "unit" }, unit)];
      const how = here ? (sort[1] ? "descending" : "ascending") : undefined;
      return h("th", { key: n, scope: "col", title: about || undefined, className: page.classes(left && "left", least && "least"), "aria-sort": how },
        fixed || !may ? h("span", null, label) : h("button", { type: "button", title: about || words.sort, onClick: () => setSort([n, here ? !sort[1] : !left]) }, label));
    };
    return h("thead", null, h("tr", null, columns.map(one)));
  }

  function Cell({ cell, column, most, head }) {
    const { h } = page, { text, value, state, href, small, marks, tone, parts } = cell;
    const bar = column.bar && typeof value === "number" && most > 0 && h("i", { className: "bar", style: { width: `${Math.max(0, (Math.abs(value) / most) * 100).toFixed(1)}%` } });
    const body = [
      marks && marks.map((mark, n) => h(page.Mark, { key: n, mark })),
      h(page.Link, { key: "text", href, className: page.classes("value", state, tone) }, text),
      small && h("small", { key: "small" }, small),
      parts && h(page.Parts, { key: "parts", parts, whole: parts.reduce((sum, part) => sum + part.value, 0) }),
      bar && h(page.React.Fragment, { key: "bar" }, bar),
    ];
    return h(head ? "th" : "td", { scope: head ? "row" : undefined, className: page.classes(column.left && "left", column.least && "least") }, body);
  }

  function Row({ row, columns, most }) {
    const { h } = page, { cells, href } = row, first = columns.findIndex(({ left }) => left);
    const led = (cell, n) => (href && !cell.href && n === Math.max(0, first) ? { ...cell, href } : cell);
    const go = href ? (event) => !event.target.closest("a") && !String(window.getSelection()) && page.follow(event, href) : undefined;
    return h("tr", { className: href ? "leads" : "", onClick: go },
      cells.map((cell, n) => h(Cell, { key: n, cell: led(cell, n), column: columns[n], most: most[n], head: n === Math.max(0, first) })));
  }

  function Pager({ pager, words }) {
    const { h } = page, { text, before, after, all } = pager;
    return h("nav", { className: "pager" }, h("span", null, text),
      before ? h(page.Link, { href: before }, "‹ ", words.page_before) : null, after ? h(page.Link, { href: after }, words.page_after, " ›") : null, all ? h(page.Link, { href: all.href }, all.word, " ›") : null);
  }

  page.blocks.table = function Table({ block, words }) {
    const { h } = page, { useState, useMemo, useEffect } = page.React, { columns, rows, pager, none, count, first } = block;
    const [sort, setSort] = useState(block.sort), [all, setAll] = useState(false);
    useEffect(() => setAll(false), [block.id, block.title]);
    const order = useMemo(() => sorted(rows, pager ? null : sort), [rows, sort, pager]);
    const most = useMemo(() => columns.map((_, n) => Math.max(0, ...rows.map(({ cells }) => (typeof cells[n].value === "number" ? Math.abs(cells[n].value) : 0)))), [rows, columns]);
    const shown = all || pager ? order : order.slice(0, first), more = order.length - shown.length;
    return h(page.React.Fragment, null,
      h(page.Heading3, { block }, count && h("span", { className: "unit" }, count)),
      rows.length === 0 ? h("p", { className: "none" }, none)
        : h("div", { className: "rows" }, h("table", null,
            h(Head, { columns, sort: pager ? null : sort, setSort, fixed: Boolean(pager) || !block.sort, words }),
            h("tbody", null, shown.map((row, n) => h(Row, { key: row.key || n, row, columns, most }))))),
      more > 0 && h("button", { type: "button", className: "quiet more-rows", onClick: () => setAll(true) }, page.fill(words.rows_more, { n: more })),
      pager && h(Pager, { pager, words }));
  };
})();
