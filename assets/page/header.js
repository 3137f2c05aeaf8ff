// The line on top.
(function () {
  "use strict";
  const onescreen = (window.onescreen = window.onescreen || {});
  const page = (onescreen.page = onescreen.page || {});

  // A hexagon of cells: the mark of the product, drawn in the text's colour.
  function mark() {
    const { h } = page;
    const hexagon = (x, y, r, opacity) => {
      const corner = (i) => `${(x + r * Math.sin((i * Math.PI) / 3)).toFixed(2)} ${(y - r * Math.cos((i * Math.PI) / 3)).toFixed(2)}`;
      return h("path", { key: `${x} ${y}`, d: `M${[0, 1, 2, 3, 4, 5].map(corner).join("L")}Z`, opacity });
    };
    const cells = [[12, 12, 1], [12, 4.1, 0.35], [18.9, 8.05, 0.55], [18.9, 15.95, 0.8], [12, 19.9, 0.55], [5.1, 15.95, 0.35], [5.1, 8.05, 0.2]];
    return h("svg", { className: "mark", viewBox: "0 0 24 24", "aria-hidden": true }, cells.map(([x, y, o]) => hexagon(x, y, 3.9, o)));
  }

  page.copy = async function (text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const field = document.body.appendChild(document.createElement("textarea")); // plain http has no clipboard
    field.value = text;
    field.select();
    document.execCommand("copy");
    field.remove();
  };

  function Share({ words }) {
    const [done, setDone] = window.React.useState(false);
    const share = async () => {
      await page.copy(page.lasting());
      setDone(true);
      setTimeout(() => setDone(false), 1600);
    };
    return page.h("button", { type: "button", className: "quiet share", title: words.share_about, onClick: share, "aria-live": "polite" }, done ? words.shared : words.share);
  }

  // The menu itself comes with the first wish for it: see assets/export.
  function Export({ words, pages }) {
    const { h } = page, [open, setOpen] = window.React.useState(false), button = window.React.useRef(null);
    const show = async () => {
      if (!page.ExportMenu) await page.fetchPart("export/menu");
      setOpen(!open);
    };
    const here = (pages.find((one) => one.here) || {}).id;
    return h("span", { className: "export" },
      h("button", { type: "button", className: "quiet", ref: button, title: words.export_title, "aria-haspopup": "dialog", "aria-expanded": open, onClick: show }, words.export),
      open && h(page.ExportMenu, { here, close: () => (setOpen(false), button.current.focus()) }));
  }

  function Switches({ data }) {
    const { h } = page, { words, lang, theme } = data, other = theme === "dark" ? "light" : "dark";
    return h("nav", { className: "switches" },
      h(Export, { words, pages: data.pages }),
      h(Share, { words }),
      h("button", { type: "button", className: "quiet", onClick: () => page.go({ theme: other }, { replace: true }) }, words[`theme_${other}`]),
      h("button", { type: "button", className: "quiet", lang: lang === "zh" ? "en" : "zh-CN", title: words.language_about, onClick: () => page.go({ lang: lang === "zh" ? "en" : "zh" }, { replace: true }) }, words.language),
      h(page.Account, { lang }));
  }

  function Pages({ pages, words }) {
    const { h } = page;
    const one = ({ id, name, href, here }) =>
      h("a", { key: id, href, className: "quiet", "aria-current": here ? "page" : undefined, onClick: (event) => page.follow(event, href) }, name);
    return h("nav", { className: "pages", "aria-label": words.pages }, pages.map(one));
  }

  onescreen.Header = function Header({ id, data }) {
    const { h } = page;
    if (!data) return h("header", { id, className: "top" }, h("nav", { className: "switches" }, h(page.Account, { lang: document.documentElement.lang })));
    const { product, city, simulated, simulated_about, upto, version, received, pages, words } = data;
    return h("header", { id, className: "top" },
      h("a", { className: "skip", href: document.getElementById("panel") ? "#panel" : "#sheet" }, words.skip),
      h("h1", { className: "product" }, mark(), product[0], h("small", null, product[1])),
      h("span", { className: "city" }, city),
      simulated && h("strong", { className: "simulated", title: simulated_about }, simulated[0], h("span", null, simulated[1])),
      pages.length > 1 && h(Pages, { pages, words }),
      h("span", { className: "asof" }, upto && h("b", null, upto), h("span", { title: received }, version), h("span", { className: "received" }, received)),
      h(Switches, { data }));
  };
})();
