// One thing in full, and the steps by which it came to be so.
(function () {
  "use strict";
  const page = ((window.onescreen = window.onescreen || {}).page = window.onescreen.page || {});
  page.blocks = page.blocks || {};

  page.blocks.record = function Record({ block }) {
    const { h } = page;
    const one = ({ name, text, small, href, state, marks, tone }, n) =>
      h("div", { key: n }, h("dt", null, name),
        h("dd", null, (marks || []).map((mark, m) => h(page.Mark, { key: m, mark })), h(page.Link, { href, className: page.classes("value", state, tone) }, text), small && h("small", null, small)));
    return h(page.React.Fragment, null, h(page.Heading3, { block }), h("dl", { className: "record-of" }, block.entries.map(one)));
  };

  page.blocks.steps = function Steps({ block }) {
    const { h } = page;
    const one = ({ day, text, small, href, mark, weight, state }, n) =>
      h("li", { key: n, className: page.classes(state, weight) }, h("time", null, day),
        h("div", null, h("p", null, h(page.Mark, { mark }), h(page.Link, { href }, text)), small && h("small", null, small)));
    return h(page.React.Fragment, null, h(page.Heading3, { block }), h("ol", { className: "steps-of" }, block.steps.map(one)));
  };

  page.blocks.note = function Note({ block }) {
    const { h } = page, { text, href, word, tone } = block;
    return h("p", { className: page.classes("note-of", tone) }, text, word && [" ", h(page.Link, { key: "word", href }, word)]);
  };
})();
