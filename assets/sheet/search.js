// A form that searches: its fields become part of the address.
(function () {
  "use strict";
  const page = ((window.onescreen = window.onescreen || {}).page = window.onescreen.page || {});
  page.blocks = page.blocks || {};

  // The address with what the fields hold; what is left open is left out.
  function addressOf(href, form) {
    const [path, query] = href.split("?"), asked = new URLSearchParams(query || "");
    for (const [name, value] of new FormData(form)) {
      if (value.trim()) asked.set(name, value.trim());
      else asked.delete(name);
    }
    return String(asked) ? `${path}?${asked}` : path;
  }

  function Field({ field, id, go }) {
    const { h } = page, { name, label, value, kind, choices, hint } = field, key = `${id}-${name}`;
    const common = { id: key, name, defaultValue: value };
    const options = choices.map(([one, word]) => h("option", { key: one, value: one }, word));
    const input =
      kind === "choice" ? h("select", { ...common, onChange: go }, options)
      : h("input", { ...common, type: kind === "day" ? "date" : "search", list: choices.length ? `${key}-list` : undefined, placeholder: hint, maxLength: 100, autoComplete: "off", spellCheck: false, onChange: kind === "day" ? go : undefined });
    return h("div", { className: `field of-${kind}` }, h("label", { htmlFor: key }, label), input,
      kind === "text" && choices.length > 0 && h("datalist", { id: `${key}-list` }, options));
  }

  page.blocks.search = function Search({ block }) {
    const { h } = page, { fields, href, words, clear } = block, box = page.React.useRef(null);
    const go = (event) => {
      event.preventDefault();
      if (box.current.reportValidity()) page.visit(addressOf(href, box.current));
    };
    // what the address says now is what the fields hold: they are made anew when it changes
    return h("form", { key: fields.map(({ value }) => value).join("\n"), ref: box, className: "search-of", role: "search", action: href, onSubmit: go },
      fields.map((field) => h(Field, { key: field.name, field, id: block.id || "search", go })),
      h("div", { className: "search-do" }, h("button", { type: "submit", className: "search-go" }, words.search), clear && h(page.Link, { href: clear, className: "quiet" }, words.clear)));
  };
})();
