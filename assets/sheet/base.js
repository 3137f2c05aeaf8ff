// What the blocks of a sheet share: links, glyphs, states. Each block is a React component in `onescreen.page.blocks`.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});

  page.blocks = page.blocks || {};

  // A link within the product, or its plain text where it leads nowhere.
  page.Link = function Link({ href, className, title, children }) {
    const { h } = page;
    if (!href) return h("span", { className, title }, children);
    return h("a", { href, className: page.classes("link", className), title, onClick: (event) => page.follow(event, href) }, children);
  };

  // A glyph in its colour; its word beside it, or only for those who listen.
  page.Mark = function Mark({ mark }) {
    const { h } = page;
    if (!mark) return null;
    const { glyph, colour, word, shown } = mark;
    return h("span", { className: "mark-of", title: shown ? undefined : word },
      h("i", { "aria-hidden": true, style: colour ? { color: colour } : undefined }, glyph), shown ? h("span", null, word) : h("span", { className: "heard" }, word));
  };

  // Text with its state: what is missing is hatched and never a nought.
  page.Value = ({ text, state, className }) => page.h("span", { className: page.classes("value", state, className) }, text);

  page.Heading3 = function Heading3({ block, children }) {
    const { h } = page, { title, about } = block;
    if (!title && !children) return null;
    return h("header", { className: "block-head" }, h("h2", null, title), children, about && h("p", null, about));
  };
})();
