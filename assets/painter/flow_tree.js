// Flows between areas -> arcs between the areas of one level: flows inside one of them are counted, not drawn, the
// largest arcs are drawn and the others stated as a remainder. total = within + beyond + drawn + rest, always.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});
  const ROOM = 36; // CSS pixels of a level's typical area from which arcs between such areas can be told apart
  const TALLEST = 16; // levels that an area tree may have; a ring of parents ends here
  const VALUE = 0, SUPPRESSED = 2, MISSING = 3;

  // The finest level that a view has room for; grain = device pixels of a CSS pixel as lines count it.
  function levelFor(outlines, view, grain) {
    const fits = (level) => painter.outlines.side(outlines, level) * view.scale >= ROOM * grain;
    return outlines.levels.filter(fits).pop() || outlines.levels[0];
  }

  // Which area (its unit in the outlines) stands for each place of the flows at a level: the place itself or what holds
  // it; a place that is known no finer stands for itself. -1: beyond the map.
  function seats({ codes, parents }, outlines, level) {
    const { byCode, levels } = outlines, deepest = levels.indexOf(level);
    const above = new Map(codes.map((code, i) => [code, parents[i]]));
    const up = (code) => (byCode.has(code) && byCode.get(code).parent) || above.get(code);
    return Int32Array.from(codes, (code) => {
      let seat = -1;
      for (let at = code, steps = 0; at && steps < TALLEST; at = up(at), steps++) {
        const area = byCode.get(at), rank = area && area.r > 0 ? levels.indexOf(area.level) : -1;
        if (rank >= deepest || (rank >= 0 && seat < 0)) seat = area.unit;
        if (rank >= 0 && rank <= deepest) break;
      }
      return seat;
    });
  }

  const sum = () => ({ flows: 0, total: 0 });
  function add(into, value, flows = 1) {
    into.flows += flows;
    into.total += value;
  }

  // {unit: {in, out, within}} of an area, made when first asked.
  function ledger(areas, unit) {
    if (!areas.has(unit)) areas.set(unit, { in: 0, out: 0, within: 0 });
    return areas.get(unit);
  }

  function enter(group, pairs, from, to, value) {
    add(group.all, value);
    if (from < 0 || to < 0) return add(group.beyond, value);
    if (from === to) {
      add(group.within, value);
      return void (ledger(group.areas, from).within += value);
    }
    ledger(group.areas, from).out += value;
    ledger(group.areas, to).in += value;
    const key = from * group.span + to; // both are below 2**26, so a double holds it
    if (!pairs.has(key)) pairs.set(key, { from, to, value: 0, flows: 0 });
    const arc = pairs.get(key);
    arc.value += value;
    arc.flows++;
  }

  // One day at one level: {level, day, arcs (largest first, at most `most`), areas, all, within, beyond, drawn, rest}
  // of {flows, total}, and how many flows are hidden or not stated.
  function group(flows, outlines, day, level, most) {
    const seat = seats(flows, outlines, level), { values, states } = flows.day(day), pairs = new Map();
    const made = { level, day, span: outlines.areas.length, areas: new Map(), suppressed: 0, missing: 0 };
    Object.assign(made, { all: sum(), within: sum(), beyond: sum(), drawn: sum(), rest: sum() });
    for (let i = 0; i < flows.count; i++) {
      const state = states[i] & 127;
      if (state === VALUE && values[i] > 0) enter(made, pairs, seat[flows.from[i]], seat[flows.to[i]], values[i]);
      else if (state === SUPPRESSED) made.suppressed++;
      else if (state === MISSING) made.missing++;
    }
    const ranked = [...pairs.values()];
    ranked.sort((a, b) => b.value - a.value || a.from - b.from || a.to - b.to);
    made.arcs = ranked.slice(0, most);
    made.others = ranked.length - made.arcs.length;
    ranked.forEach((arc, i) => add(i < most ? made.drawn : made.rest, arc.value, arc.flows));
    return made;
  }

  painter.flowTree = { levelFor, seats, group };
})();
