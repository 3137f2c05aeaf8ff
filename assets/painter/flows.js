// Flows as arcs on the canvas above the pixels: drawn once a view. What moves along them is flow_light.js.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const BEND = 0.13; // height of an arc over its chord; always to the left of its way, so that both ways are apart
  const SHORTEST = 2; // device pixels: a street and a place in it may share their anchor
  const LONGER = 1 + (8 / 3) * BEND * BEND; // length of a flat parabola over that of its chord
  const WIDEST = 2.6, THINNEST = 0.5; // CSS pixels; the width between them goes by the root of the value
  const BRIGHTEST = 0.5, FAINTEST = 0.11; // strength of the line in the same order
  const DISC = 11; // CSS pixels: radius for the largest number that arrives or stays in an area
  const DOT = 2.2; // the least radius that is seen as a ring
  const HEAD = 3; // CSS pixels of an arrow's head beyond its line's half width, where nothing moves

  const spot = (area, view, size) => painter.view.toScreen(view, size, area.x, area.y);

  // Areas with what arrives and what stays, as discs on the screen: [{unit, x, y, ring, core}], the greatest first.
  function discs(group, outlines, { view, size, grain }) {
    const found = [...group.areas].filter(([, sums]) => sums.in > 0 || sums.within > 0);
    const most = found.reduce((high, [, sums]) => Math.max(high, sums.in, sums.within), 0);
    const radius = (value) => (value > 0 ? grain * Math.max(DISC * Math.sqrt(value / most), DOT) : 0);
    return found.map(([unit, sums]) => {
      const [x, y] = spot(outlines.areas[unit], view, size);
      return { unit, x, y, ring: radius(sums.in), core: grain * DISC * Math.sqrt(sums.within / most) };
    }).sort((a, b) => b.ring - a.ring);
  }

  // Quadratic arcs in device pixels, one float array a coordinate; `strength` 0..1 is the root of the share of the largest.
  class Arcs {
    constructor(most) {
      Object.assign(this, { count: 0, uneven: (16 / 3) * BEND * BEND });
      Object.assign(this, { top: Infinity, bottom: -Infinity }); // rows that arcs stay within
      for (const name of ["x0", "y0", "cx", "cy", "x1", "y1", "length", "strength"]) this[name] = new Float32Array(most);
    }

    add([x0, y0], [x1, y1], gap, strength) {
      const i = this.count++, far = Math.hypot(x1 - x0, y1 - y0), short = Math.min(gap / far, 0.5) / Math.hypot(0.5, 2 * BEND);
      const lastX = (x1 - x0) / 2 - (y1 - y0) * 2 * BEND, lastY = (y1 - y0) / 2 + (x1 - x0) * 2 * BEND; // from bend to end
      const ex = x1 - lastX * short, ey = y1 - lastY * short, dx = ex - x0, dy = ey - y0; // it ends at the ring
      this.x0[i] = x0;
      this.y0[i] = y0;
      this.cx[i] = (x0 + ex) / 2 + dy * 2 * BEND;
      this.cy[i] = (y0 + ey) / 2 - dx * 2 * BEND;
      this.x1[i] = ex;
      this.y1[i] = ey;
      this.length[i] = Math.hypot(dx, dy) * LONGER;
      this.strength[i] = strength;
      this.top = Math.min(this.top, y0, this.cy[i], y1);
      this.bottom = Math.max(this.bottom, y0, this.cy[i], y1);
    }
  }

  function unseen([x0, y0], [x1, y1], { width, height }) {
    const far = Math.hypot(x1 - x0, y1 - y0), spare = far * BEND;
    return far < SHORTEST || Math.max(x0, x1) + spare < 0 || Math.min(x0, x1) - spare > width
      || Math.max(y0, y1) + spare < 0 || Math.min(y0, y1) - spare > height;
  }

  // scene = {outlines, view, size, grain}. Arcs that a view cannot show are left out.
  function layOut(group, scene) {
    const arcs = new Arcs(group.arcs.length), { outlines, view, size } = scene;
    const rings = discs(group, outlines, scene), gaps = new Map(rings.map((disc) => [disc.unit, disc.ring]));
    const most = group.arcs.length ? group.arcs[0].value : 1;
    for (const { from, to, value } of group.arcs) {
      const start = spot(outlines.areas[from], view, size), end = spot(outlines.areas[to], view, size);
      if (!unseen(start, end, size)) arcs.add(start, end, gaps.get(to) || 0, Math.sqrt(value / most));
    }
    return Object.assign(arcs, { rings });
  }

  const widthOf = (strength, grain) => grain * (THINNEST + (WIDEST - THINNEST) * strength);

  function drawArcs(context, arcs, { grain, theme }) {
    context.lineCap = "butt";
    context.strokeStyle = theme.flow;
    for (let i = arcs.count - 1; i >= 0; i--) {
      context.globalAlpha = FAINTEST + (BRIGHTEST - FAINTEST) * arcs.strength[i];
      context.lineWidth = widthOf(arcs.strength[i], grain);
      context.beginPath();
      context.moveTo(arcs.x0[i], arcs.y0[i]);
      context.quadraticCurveTo(arcs.cx[i], arcs.cy[i], arcs.x1[i], arcs.y1[i]);
      context.stroke();
    }
  }

  // Where nothing moves, a head says the way.
  function drawHeads(context, arcs, { grain, theme }) {
    context.fillStyle = theme.flow;
    for (let i = arcs.count - 1; i >= 0; i--) {
      const ex = arcs.x1[i] - arcs.cx[i], ey = arcs.y1[i] - arcs.cy[i], far = Math.hypot(ex, ey) || 1;
      const half = widthOf(arcs.strength[i], grain) / 2 + HEAD * grain * (0.4 + 0.6 * arcs.strength[i]);
      const ux = ex / far, uy = ey / far;
      const bx = arcs.x1[i] - ux * half * 2.2, by = arcs.y1[i] - uy * half * 2.2;
      context.globalAlpha = Math.min(2 * (FAINTEST + (BRIGHTEST - FAINTEST) * arcs.strength[i]), 0.9);
      context.beginPath();
      context.moveTo(arcs.x1[i], arcs.y1[i]);
      context.lineTo(bx - uy * half, by + ux * half);
      context.lineTo(bx + uy * half, by - ux * half);
      context.fill();
    }
  }

  // A ring by what arrives; a core of the same scale by what stays within.
  function drawRings(context, arcs, { grain, theme }) {
    const circle = (x, y, radius) => {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
    };
    for (const { x, y, ring, core } of arcs.rings) {
      context.globalAlpha = 0.55;
      context.fillStyle = theme.background;
      circle(x, y, ring);
      context.fill();
      context.fillStyle = context.strokeStyle = theme.flow;
      context.globalAlpha = 0.34;
      circle(x, y, core);
      context.fill();
      context.globalAlpha = 0.85;
      context.lineWidth = 1.1 * grain;
      circle(x, y, ring);
      if (ring) context.stroke();
    }
  }

  // Draws a group of flow_tree.js; returns the arcs for the light that moves along them. scene adds {theme, still}.
  function draw(context, group, scene) {
    const arcs = layOut(group, scene);
    drawArcs(context, arcs, scene);
    if (scene.still) drawHeads(context, arcs, scene);
    drawRings(context, arcs, scene);
    context.globalAlpha = 1;
    return arcs;
  }

  // A group in words: what is drawn, and everything that is not.
  function caption(group, format, lang, words) {
    const { number: write } = painter.words, percent = { scale: 100, digits: 1, suffix: "%" };
    const number = (value) => write(value, format, lang), count = (n) => write(n, null, lang);
    const share = (part) => write(part / group.all.total, percent, lang);
    const fill = (text, sums, arcs) =>
      text.replace("{level}", words[`level_${group.level}`] || group.level).replace("{total}", number(sums.total))
        .replace("{share}", share(sums.total)).replace("{n}", count(arcs));
    const parts = [fill(words.flows, group.drawn, group.arcs.length)];
    if (group.rest.flows) parts.push(fill(words.flows_rest, group.rest, group.others));
    if (group.within.flows) parts.push(fill(words.flows_within, group.within, group.within.flows));
    if (group.beyond.flows) parts.push(fill(words.flows_beyond, group.beyond, group.beyond.flows));
    for (const key of ["suppressed", "missing"])
      if (group[key]) parts.push(words[`flows_${key}`].replace("{n}", count(group[key])));
    return group.all.total > 0 ? parts.join(words.flows_join) : words.flows_none;
  }

  painter.flows = { draw, layOut, caption };
})();
