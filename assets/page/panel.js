// The shown area in numbers.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  const ARROWS = { up: "M8 3l5 7H3z", down: "M8 13 3 6h10z", flat: "M2 7h12v2H2z" };

  function Change({ figure, words, hero }) {
    const { h } = page, { direction, goodness, change, verdict } = figure;
    return h("span", { className: page.classes("change", goodness), title: words.compared },
      ARROWS[direction] && h("svg", { viewBox: "0 0 16 16", role: "img", "aria-label": words[direction] }, h("path", { d: ARROWS[direction] })),
      h("span", null, change), verdict && h("em", null, verdict), hero && direction !== "none" && h("small", null, words.compared));
  }

  function Figure({ figure, words, hero }) {
    const { h } = page, { id, name, about, unit, text, exact, state, estimate, late } = figure;
    const layer = page.heading && page.heading.layer.id === id;
    return h("li", { className: page.classes(hero && "hero", layer && "painted", late && late.stale && "stale") },
      h("button", { type: "button", className: "quiet name", title: `${name}: ${about}`, onClick: () => page.go({ layer: id }) }, name),
      h("div", { className: page.classes("number", state) }, h("b", { title: [estimate, exact].filter(Boolean).join(" ") }, estimate && state === "value" && h("i", { "aria-label": estimate }, "≈"), text), unit && state !== "missing" && state !== "suppressed" && h("span", { className: "unit" }, unit)),
      h(Change, { figure, words, hero }),
      late && h("span", { className: "stale-age", title: late.about }, late.text));
  }

  // By which people rates are told.
  function Per({ per }) {
    const { h } = page;
    const one = ({ id, name, has, about, pressed }) =>
      h("button", { key: id, type: "button", className: "quiet", "aria-pressed": pressed, disabled: !has, title: has ? about : `${about} ${per.none}`, onClick: () => page.go({ per: id === "registered" ? null : id }) }, name);
    return h("div", { className: "per", role: "group", "aria-label": per.label }, h("span", null, per.label), per.options.map(one));
  }

  function Unlocated({ data, words }) {
    const { h } = page, { numbers, notes } = data;
    const note = ({ source, area, why, text, rows }, n) =>
      h("li", { key: n }, h("span", null, why, text && h("q", null, text), h("small", null, [area, source].filter(Boolean).join(" · "))), h("b", null, rows));
    return h("section", { className: "unlocated" },
      h("h3", null, words.unlocated),
      h("p", { className: "quiet-line" }, data.none || data.about),
      numbers.length > 0 && h("ul", { className: "lost" }, numbers.map(({ name, text, share }) => h("li", { key: name }, h("span", null, name), h("b", null, text), h("small", null, share)))),
      notes.length > 0 && h("details", null, h("summary", null, words.why), h("ul", { className: "notes" }, notes.map(note)), data.more && h("p", { className: "quiet-line" }, data.more)));
  }

  onescreen.Panel = function Panel({ id, data }) {
    const { h } = page, { useState, useLayoutEffect, useRef } = window.React, [up, setUp] = useState(false), box = useRef(null);
    useLayoutEffect(() => {
      if (box.current) box.current.scrollTop = 0;
    }, [data && data.code]);
    if (!data) return h("aside", { id, className: "panel" });
    const { area, level, day, figures, per, curve, table, unlocated, words } = data;
    return h("aside", { id, ref: box, className: page.classes("panel", up && "up"), tabIndex: -1, "aria-label": area, "data-code": data.code },
      h("button", { type: "button", className: "grip", "aria-expanded": up, "aria-label": words.sheet, onClick: () => setUp(!up) }),
      h("header", null, h("h2", null, area), h("p", null, h("span", null, level), day && h("span", null, day))),
      data.none && h("p", { className: "none" }, data.none),
      figures.length > 0 && h("section", { className: "figures", "aria-label": words.figures },
        h("ul", null, figures.map((figure, n) => h(Figure, { key: figure.id, figure, words, hero: n === 0 }))),
        per && h(Per, { per })),
      curve && h(page.Curve, { curve, words }),
      table ? h(page.Table, { table, words }) : null,
      unlocated && h(Unlocated, { data: unlocated, words }));
  };
})();
