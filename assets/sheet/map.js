// The painter as a block of a page: switches above it, a sentence on it, the legend under it. A click leads to an address.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});
  page.blocks = page.blocks || {};
  const CODES = { zero: 125, suppressed: 126, missing: 127 }; // as dashboard/wire.py codes them
  const DOUBTFUL = 128;
  const STEP = 1.6; // what a press of a zoom button does
  const SIGNS = { in: "M8 3v10M3 8h10", out: "M3 8h10", fit: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3" };

  function Switches({ switches }) {
    const { h } = page;
    const one = ({ name, href, here, about }) =>
      h("a", { key: name, href, title: about, className: "quiet", "aria-current": here ? "true" : undefined, onClick: (event) => page.follow(event, href) }, name);
    return switches.map((row, n) => h("nav", { key: n, className: "switches-of", "aria-label": row.map(({ name }) => name).join(" / ") }, row.map(one)));
  }

  // Units of each class among those that are drawn; doubtful ones count in their class and once more as doubtful.
  function count(id) {
    const map = (onescreen.maps || {})[id], found = map && map.counts();
    if (!found) return null;
    const of = (code) => found[code] + found[code | DOUBTFUL];
    return { of, doubtful: found.slice(DOUBTFUL, CODES.missing + DOUBTFUL).reduce((sum, n) => sum + n, 0) };
  }

  function Legend({ id, legend, counts }) {
    const { h } = page, { name, unit, classes, states } = legend, number = (n) => (counts && n !== undefined ? n.toLocaleString("en") : "");
    const one = (key, swatch, label, n, about) => h("li", { key, title: about, className: counts && !n ? "no-unit" : "" }, swatch, h("span", null, label), h("b", null, number(n)));
    const classed = classes.map(({ label, colour, glyph }, n) => one(n, h("i", { style: { background: colour } }), glyph ? `${glyph} ${label}` : label, counts && counts.of(n)));
    const stated = states.map(({ id: state, label, about }) => {
      const n = counts && (state === "doubtful" ? counts.doubtful : counts.of(CODES[state]));
      return state === "zero" || state === "missing" || n ? one(state, h("i", { className: `swatch-${state}` }), label, n, about) : null;
    });
    return h("div", { className: "map-key" }, h("p", null, h("b", null, name), unit && h("span", { className: "unit" }, unit)), h("ul", { id: `${id}-key` }, classed, stated));
  }

  function Zoom({ id, words }) {
    const { h } = page, map = () => (onescreen.maps || {})[id];
    const acts = { in: () => map().zoomBy(STEP), out: () => map().zoomBy(1 / STEP), fit: () => map().fit(map().props.selected) };
    return h("div", { className: "map-zoom" }, Object.keys(acts).map((key) =>
      h("button", { key, type: "button", title: words[`zoom_${key}`], "aria-label": words[`zoom_${key}`], onClick: () => map() && acts[key]() }, h("svg", { viewBox: "0 0 16 16", "aria-hidden": true }, h("path", { d: SIGNS[key] })))));
  }

  // What tells about the unit that was clicked is brought into view where the screen is too small for both.
  function useFollowed({ map, shows }) {
    const { useEffect, useRef } = page.React, before = useRef(map.marked), calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    useEffect(() => {
      const told = shows && document.getElementById(shows);
      if (map.marked && map.marked !== before.current && told) told.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
      before.current = map.marked;
    }, [map.marked]);
  }

  page.blocks.map = function MapBlock({ block }) {
    const { h } = page, { useState, useRef } = page.React, id = `${block.id}-map`, [counts, setCounts] = useState(null), box = useRef(null);
    const told = ({ clicked, escaped, status }) => {
      if (clicked && clicked.code && block.choose) page.visit(block.choose.replace(block.unit, encodeURIComponent(clicked.code)));
      if (escaped && block.up) page.visit(block.up);
      if (status === "late" && page.beat) page.beat();
    };
    page.useDocumentEvent("onescreen:paint", ({ detail }) => detail.id === id && setCounts(count(id)));
    useFollowed(block);
    const text_scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // as large as the page's own words
    const wheel = (event) => event.ctrlKey || box.current.contains(document.activeElement) || event.stopPropagation();
    return h(page.React.Fragment, null,
      h(page.Heading3, { block }, h(Switches, { switches: block.switches })),
      h("div", { ref: box, className: page.classes("map-box", block.choose && "leads"), onWheelCapture: wheel },
        h(onescreen.GridMap, { ...block.map, text_scale, id, className: "sheet-map", setProps: told }),
        block.said && h("p", { className: page.classes("map-said", block.tone) }, block.said),
        h(Zoom, { id, words: block.words })),
      h(Legend, { id, legend: block.legend, counts }));
  };
})();
