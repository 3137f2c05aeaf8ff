// Borders of areas, drawn once a view on the canvas above the pixels. Lines are anti-aliased; under them fills need not be.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  // Width (CSS pixels) and strength of a border by its level's rank, widest areas first.
  const STYLES = [[1.7, 0.9], [0.9, 0.55], [0.7, 0.42], [0.6, 0.34], [0.5, 0.3]];
  const SHOW_FROM = 14, SHOW_WHOLE = 34; // CSS pixels of a level's typical area between which its borders fade in
  const CELLS_FROM = 11, CELLS_WHOLE = 26; // the same for borders of units without outlines
  const FAINT = 0.08; // strength below which nobody sees a border, so that nobody waits for it
  const UNDER_FLOWS = 0.4; // share of its strength that a border keeps under arcs, which are what is looked at then
  const DETAIL = 0.5; // device pixels that a line may lie beside a bend

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

  // Calls move(x, y), then line(x, y) for each bend of a ring worth a line, back to the start. Vertices are passed over
  // while they advance within DETAIL of the strip that the first of them opened: coasts have bends by the thousand.
  function followRing(shapes, ring, at, move, line) {
    const { ringAt, xs, ys } = shapes, from = ringAt[ring], to = ringAt[ring + 1];
    const startX = xs[from] * at.k + at.tx, startY = at.ty - ys[from] * at.k;
    let ax = startX, ay = startY, lastX = ax, lastY = ay, ux = 0, uy = 0, along = 0, open = false;
    move(startX, startY);
    for (let i = from + 1; i < to; i++) {
      const x = xs[i] * at.k + at.tx, y = at.ty - ys[i] * at.k;
      const step = (x - ax) * ux + (y - ay) * uy, aside = (y - ay) * ux - (x - ax) * uy;
      if (open && (step < along || aside > DETAIL || aside < -DETAIL)) {
        line(lastX, lastY);
        ax = lastX;
        ay = lastY;
        open = false;
      }
      if (open) along = step;
      else {
        const far = Math.hypot(x - ax, y - ay);
        if (far < DETAIL) continue;
        ux = (x - ax) / far;
        uy = (y - ay) / far;
        along = far;
        open = true;
      }
      lastX = x;
      lastY = y;
    }
    if (open) line(lastX, lastY);
    line(startX, startY);
  }

  function follow(shapes, units, view, size, move, line) {
    const at = painter.raster.projection(shapes, view, size);
    for (const unit of units) {
      if (!onScreen(shapes, unit, at, size)) continue;
      for (let ring = shapes.unitAt[unit]; ring < shapes.unitAt[unit + 1]; ring++) followRing(shapes, ring, at, move, line);
    }
  }

  // A unit as a canvas path.
  function trace(path, shapes, unit, view, size) {
    follow(shapes, [unit], view, size, (x, y) => path.moveTo(x, y), (x, y) => path.lineTo(x, y));
    return path;
  }

  function addLines(strokes, shapes, units, view, size) {
    let lastX = 0, lastY = 0;
    const move = (x, y) => ((lastX = x), (lastY = y));
    follow(shapes, units, view, size, move, (x, y) => {
      strokes.line(lastX, lastY, x, y);
      move(x, y);
    });
  }

  const allUnits = (shapes) => (shapes.all = shapes.all || Uint32Array.from({ length: shapes.units }, (_, i) => i));

  // Fine borders of units that have no outlines of their own (cells), once they are large enough to tell apart.
  function drawUnits(strokes, { shapes, view, size, dpr, grain, theme }) {
    shapes.side = shapes.side || typicalSide(shapes, allUnits(shapes));
    const strength = fadeIn((shapes.side * view.scale) / dpr, CELLS_FROM, CELLS_WHOLE);
    if (strength < FAINT) return;
    const at = painter.raster.projection(shapes, view, size), width = 0.8 * grain;
    strokes.begin(width);
    for (let unit = 0; unit < shapes.units; unit++) {
      if (!onScreen(shapes, unit, at, size)) continue;
      for (let ring = shapes.unitAt[unit]; ring < shapes.unitAt[unit + 1]; ring++) addShared(strokes, shapes, ring, at);
    }
    strokes.end([{ width, colour: painter.paint.rgb(theme.line), alpha: 0.6 * strength }]);
  }

  // The edges of a ring that go right (or straight up): of an edge that two units share, exactly one.
  function addShared(strokes, { ringAt, xs, ys }, ring, at) {
    const from = ringAt[ring], to = ringAt[ring + 1];
    for (let i = from, j = to - 1; i < to; j = i++) {
      if (xs[i] < xs[j] || (xs[i] === xs[j] && ys[i] < ys[j])) continue;
      strokes.line(xs[j] * at.k + at.tx, at.ty - ys[j] * at.k, xs[i] * at.k + at.tx, at.ty - ys[i] * at.k);
    }
  }

  function levelUnits(outlines, level) {
    outlines.units = outlines.units || new Map();
    if (!outlines.units.has(level))
      outlines.units.set(level, outlines.areas.filter((area) => area.level === level).map((area) => area.unit));
    return outlines.units.get(level);
  }

  // Typical side of a level's areas in EPSG:3857 metres.
  function side(outlines, level) {
    outlines.sides = outlines.sides || new Map();
    if (!outlines.sides.has(level)) outlines.sides.set(level, typicalSide(outlines.shapes, levelUnits(outlines, level)));
    return outlines.sides.get(level);
  }

  // How strongly a level is drawn in a view, 0..1; the widest level always is.
  function presence(outlines, level, view, dpr) {
    if (level === outlines.levels[0]) return 1;
    return fadeIn((side(outlines, level) * view.scale) / dpr, SHOW_FROM, SHOW_WHOLE);
  }

  // Finest first, so that a district's border lies over its streets'. The casing in the background's colour
  // keeps a border readable over every colour of a ramp.
  function drawLevels(strokes, { outlines, view, size, dpr, grain, theme, flows }) {
    const slim = painter.view.clamp(size.width / dpr / 1000, 0.65, 1); // a telephone shows a whole city in a hand's width
    for (let rank = outlines.levels.length - 1; rank >= 0; rank--) {
      const level = outlines.levels[rank], strength = presence(outlines, level, view, dpr);
      if (strength < FAINT) continue;
      const [wide, alpha] = STYLES[Math.min(rank, STYLES.length - 1)], width = wide * slim * grain;
      const shown = strength * (flows ? UNDER_FLOWS : 1);
      const casing = (wide + 1.8) * slim * grain;
      strokes.begin(casing);
      addLines(strokes, outlines.shapes, levelUnits(outlines, level), view, size);
      strokes.end([
        { width: casing, colour: painter.paint.rgb(theme.line), alpha: 0.6 * alpha * shown },
        { width, colour: painter.paint.rgb(theme.line_strong), alpha: alpha * shown },
      ]);
    }
  }

  // Everything but the area, borders too, sinks towards the background; its own border comes last. One area is
  // little enough for the canvas to fill and stroke.
  function drawSelected(context, unit, { outlines, view, size, grain, theme }) {
    const area = trace(new Path2D(), outlines.shapes, unit, view, size), others = new Path2D(area);
    others.rect(0, 0, size.width, size.height);
    context.fillStyle = painter.paint.fade(theme.background, 0.64);
    context.fill(others, "evenodd");
    context.lineJoin = "round";
    for (const [width, style] of [[4.5, painter.paint.fade(theme.line, 0.7)], [2, theme.accent]]) {
      context.lineWidth = width * grain;
      context.strokeStyle = style;
      context.stroke(area);
    }
  }

  // scene = {shapes, outlines, view, size, dpr, grain, theme, selected: area or null, unitBorders};
  // grain = device pixels of a CSS pixel as lines and text count it (more on a wall).
  function draw(context, strokes, scene) {
    const { shapes, outlines, selected, unitBorders } = scene;
    strokes.clear();
    if (shapes && unitBorders) drawUnits(strokes, scene);
    if (outlines) drawLevels(strokes, scene);
    context.putImageData(strokes.image, 0, 0);
    if (selected) drawSelected(context, selected.unit, scene);
  }

  painter.outlines = { draw, presence, levelUnits, side };
})();
