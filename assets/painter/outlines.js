// Borders of areas, drawn once a view on the canvas above the pixels; here lines are anti-aliased, fills never need it.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  // Width (CSS pixels) and strength of a border by its level's rank, widest areas first.
  const STYLES = [[1.7, 0.9], [0.9, 0.55], [0.7, 0.42], [0.6, 0.34], [0.5, 0.3]];
  const SHOW_FROM = 14, SHOW_WHOLE = 34; // CSS pixels of a level's typical area between which its borders fade in
  const CELLS_FROM = 11, CELLS_WHOLE = 26; // the same for borders of units without outlines
  const BATCH = 96; // units stroked at once: a path of 10,000 cells takes a software canvas 15 times as long as its parts
  const DETAIL = 0.6; // device pixels below which a bend is not worth a line

  const fadeIn = (size, from, whole) => painter.view.clamp((size - from) / (whole - from), 0, 1);

  // Typical side of a unit in EPSG:3857 metres: the median root of its box's area.
  function typicalSide(shapes, units) {
    const sides = [];
    const every = Math.max(1, Math.floor(units.length / 2000)); // 2,000 units tell a median
    for (let i = 0; i < units.length; i += every) {
      const b = units[i] * 4, width = shapes.box[b + 2] - shapes.box[b], height = shapes.box[b + 3] - shapes.box[b + 1];
      if (width >= 0) sides.push(Math.sqrt(width * height) * shapes.step);
    }
    sides.sort((a, b) => a - b);
    return sides.length ? sides[sides.length >> 1] : 0;
  }

  function onScreen(shapes, unit, at, size) {
    const b = unit * 4, { box } = shapes;
    return box[b] <= box[b + 2] && box[b + 2] * at.k + at.tx > 0 && box[b] * at.k + at.tx < size.width
      && at.ty - box[b + 1] * at.k > 0 && at.ty - box[b + 3] * at.k < size.height;
  }

  function traceRing(path, shapes, ring, at) {
    const { ringAt, xs, ys } = shapes, from = ringAt[ring], to = ringAt[ring + 1];
    let lastX = xs[from] * at.k + at.tx, lastY = at.ty - ys[from] * at.k;
    path.moveTo(lastX, lastY);
    for (let i = from + 1; i < to; i++) {
      const x = xs[i] * at.k + at.tx, y = at.ty - ys[i] * at.k;
      if (Math.abs(x - lastX) + Math.abs(y - lastY) < DETAIL) continue;
      path.lineTo(x, y);
      lastX = x;
      lastY = y;
    }
    path.closePath();
  }

  function trace(path, shapes, units, view, size) {
    const at = painter.raster.projection(shapes, view, size);
    for (const unit of units) {
      if (!onScreen(shapes, unit, at, size)) continue;
      for (let ring = shapes.unitAt[unit]; ring < shapes.unitAt[unit + 1]; ring++) traceRing(path, shapes, ring, at);
    }
    return path;
  }

  function stroke(context, path, width, style) {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.stroke(path);
  }

  // The edges of a ring that go right (or straight down): of an edge that two units share, exactly one.
  function traceShared(path, shapes, ring, at) {
    const { ringAt, xs, ys } = shapes, from = ringAt[ring], to = ringAt[ring + 1];
    for (let i = from, j = to - 1; i < to; j = i++) {
      if (xs[i] < xs[j] || (xs[i] === xs[j] && ys[i] < ys[j])) continue;
      path.moveTo(xs[j] * at.k + at.tx, at.ty - ys[j] * at.k);
      path.lineTo(xs[i] * at.k + at.tx, at.ty - ys[i] * at.k);
    }
  }

  const allUnits = (shapes) => (shapes.all = shapes.all || Uint32Array.from({ length: shapes.units }, (_, i) => i));

  // Fine borders of units that have no outlines of their own (cells), once they are large enough to tell apart.
  function drawUnits(context, { shapes, view, size, dpr, grain, theme }) {
    shapes.side = shapes.side || typicalSide(shapes, allUnits(shapes));
    const strength = fadeIn((shapes.side * view.scale) / dpr, CELLS_FROM, CELLS_WHOLE);
    if (strength === 0) return;
    const at = painter.raster.projection(shapes, view, size), style = painter.paint.fade(theme.line, 0.55 * strength);
    const units = allUnits(shapes).filter((unit) => onScreen(shapes, unit, at, size));
    for (let first = 0; first < units.length; first += BATCH) {
      const path = new Path2D();
      for (const unit of units.subarray(first, first + BATCH)) {
        for (let ring = shapes.unitAt[unit]; ring < shapes.unitAt[unit + 1]; ring++) traceShared(path, shapes, ring, at);
      }
      stroke(context, path, 0.75 * grain, style);
    }
  }

  function levelUnits(outlines, level) {
    outlines.units = outlines.units || new Map();
    if (!outlines.units.has(level))
      outlines.units.set(level, outlines.areas.filter((area) => area.level === level).map((area) => area.unit));
    return outlines.units.get(level);
  }

  // How strongly a level is drawn in a view, 0..1; the widest level always is.
  function presence(outlines, level, view, dpr) {
    if (level === outlines.levels[0]) return 1;
    outlines.sides = outlines.sides || new Map();
    if (!outlines.sides.has(level)) outlines.sides.set(level, typicalSide(outlines.shapes, levelUnits(outlines, level)));
    return fadeIn((outlines.sides.get(level) * view.scale) / dpr, SHOW_FROM, SHOW_WHOLE);
  }

  // Finest first, so that a district's border lies over its streets'. The casing in the background's colour
  // keeps a border readable over every colour of a ramp.
  function drawLevels(context, { outlines, view, size, dpr, grain, theme }) {
    for (let rank = outlines.levels.length - 1; rank >= 0; rank--) {
      const level = outlines.levels[rank], strength = presence(outlines, level, view, dpr);
      if (strength === 0) continue;
      const [width, alpha] = STYLES[Math.min(rank, STYLES.length - 1)];
      const path = trace(new Path2D(), outlines.shapes, levelUnits(outlines, level), view, size);
      stroke(context, path, (width + 1.8) * grain, painter.paint.fade(theme.line, 0.6 * alpha * strength));
      stroke(context, path, width * grain, painter.paint.fade(theme.line_strong, alpha * strength));
    }
  }

  // Everything but the area sinks towards the background.
  function dimOthers(context, unit, { outlines, view, size, theme }) {
    const path = new Path2D();
    path.rect(0, 0, size.width, size.height);
    trace(path, outlines.shapes, [unit], view, size);
    context.fillStyle = painter.paint.fade(theme.background, 0.66);
    context.fill(path, "evenodd");
  }

  function drawSelected(context, unit, { outlines, view, size, grain, theme }) {
    const path = trace(new Path2D(), outlines.shapes, [unit], view, size);
    stroke(context, path, 4.5 * grain, painter.paint.fade(theme.line, 0.7));
    stroke(context, path, 2 * grain, theme.accent);
  }

  // scene = {shapes, outlines, view, size, dpr, grain, theme, selected: area or null, unitBorders};
  // grain = device pixels of a CSS pixel as lines and text count it (more on a wall).
  function draw(context, scene) {
    const { shapes, outlines, selected, unitBorders } = scene;
    context.lineJoin = "round";
    if (shapes && unitBorders) drawUnits(context, scene);
    if (!outlines) return;
    if (selected) dimOthers(context, selected.unit, scene);
    drawLevels(context, scene);
    if (selected) drawSelected(context, selected.unit, scene);
  }

  painter.outlines = { draw, presence, levelUnits, trace };
})();
