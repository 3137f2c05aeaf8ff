// Every word the map itself says, and how it writes a number.
(function () {
  "use strict";
  const painter = ((window.onescreen = window.onescreen || {}).painter = window.onescreen.painter || {});

  const WORDS = {
    zh: {
      zero: "零", suppressed: "隐去小数", missing: "未报", outside: "不在范围", doubtful: "存疑", land: "网格之外", none: "无数据",
      late: "数据未送达", map: "地图", day: "第 {day} 天，共 {days} 天", metre: "米", kilometre: "公里",
      help: "方向键平移，加号减号缩放，零键复位，回车进入，Esc 返回上级，空格播放",
      flows: "{level}之间，图示最大 {n} 条，合计 {total}（{share}）", flows_rest: "其余 {n} 条，{total}（{share}）",
      flows_within: "{level}之内 {total}（{share}）", flows_beyond: "往来图外 {total}（{share}）", flows_join: "；",
      flows_suppressed: "另有 {n} 项隐去小数", flows_missing: "另有 {n} 项未报", flows_none: "无流动",
      flows_in: "流入 {n}", flows_out: "流出 {n}", flows_stay: "内部 {n}",
      level_province: "省", level_city: "城市", level_district: "区县", level_street: "街镇", level_responsibility_grid: "责任网格", level_community: "居村",
    },
    en: {
      zero: "zero", suppressed: "suppressed", missing: "not reported", outside: "out of scope", doubtful: "doubtful",
      land: "off the grid", none: "no data", late: "data did not arrive", map: "Map", day: "day {day} of {days}",
      metre: "m", kilometre: "km",
      help: "arrow keys pan, plus and minus zoom, zero fits, Enter opens, Escape goes up, space plays",
      flows: "Between {level}: the {n} largest are drawn, {total} together ({share})", flows_rest: "{n} others, {total} ({share})",
      flows_within: "within {level} {total} ({share})", flows_beyond: "to or from beyond the map {total} ({share})", flows_join: "; ",
      flows_suppressed: "{n} more suppressed", flows_missing: "{n} more not reported", flows_none: "no flows",
      flows_in: "in {n}", flows_out: "out {n}", flows_stay: "within {n}",
      level_province: "provinces", level_city: "cities", level_district: "districts", level_street: "streets", level_responsibility_grid: "responsibility grids",
      level_community: "communities",
    },
  };

  const numbers = new Map(); // making an Intl formatter costs more than using one
  function formatter(lang, digits) {
    const key = lang + digits;
    if (!numbers.has(key))
      numbers.set(key, new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
    return numbers.get(key);
  }

  function number(value, format, lang) {
    const { digits = 0, scale = 1, prefix = "", suffix = "" } = format || {};
    return prefix + formatter(lang, digits).format(value * scale) + suffix;
  }

  painter.words = {
    number,
    of: (lang, own) => ({ ...WORDS[lang] || WORDS.zh, ...own }),
    // A state's word, or null where the code is a class.
    state(code, words) {
      const { ZERO, SUPPRESSED, MISSING, OUTSIDE } = painter.paint;
      return { [ZERO]: words.zero, [SUPPRESSED]: words.suppressed, [MISSING]: words.missing, [OUTSIDE]: words.outside }[code & 127] || null;
    },
  };
})();
