/* Turns the blocks of a page (text, lists, tables, notes) into elements. Our own texts may hold inline HTML. */
(function () {
  'use strict';

  function make(name, options, children) {
    const element = document.createElement(name);
    const { html, text, ...attributes } = options || {};
    if (html !== undefined) element.innerHTML = html;
    if (text !== undefined) element.textContent = text;
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    (children || []).forEach((child) => element.append(child));
    return element;
  }

  function listItem(item) {
    if (typeof item === 'string') return make('li', { html: item });
    return make('li', {}, [make('strong', { html: item[0] }), ' ', make('span', { html: item[1] })]);
  }

  function tableRow(head, cells) {
    return make('tr', {}, cells.map((cell, index) => {
      if (index === 0) return make('th', { scope: 'row', html: cell });
      return make('td', { html: cell, 'data-label': head[index] });
    }));
  }

  function table(block) {
    const columns = block.head.map((title) => make('th', { scope: 'col', html: title }));
    return make('table', {}, [
      make('caption', { html: block.caption }),
      make('thead', {}, [make('tr', {}, columns)]),
      make('tbody', {}, block.rows.map((cells) => tableRow(block.head, cells))),
    ]);
  }

  function box(kind, block) {
    const paragraphs = [].concat(block.text).map((text) => make('p', { html: text }));
    return make('section', { class: 'box ' + kind }, [make('h2', { html: block.title }), ...paragraphs]);
  }

  const KINDS = {
    heading: (text) => make('h2', { html: text }),
    lead: (text) => make('p', { class: 'lead', html: text }),
    list: (items) => make('ul', {}, items.map(listItem)),
    steps: (items) => make('ol', {}, items.map(listItem)),
    key: (items) => make('ol', { class: 'key' }, items.map(listItem)),
    facts: (items) => make('dl', { class: 'facts' }, items.map(([term, text]) =>
      make('div', {}, [make('dt', { html: term }), make('dd', { html: text })]))),
    note: (block) => box('note', block),
    example: (block) => box('example', block),
    open: (block) => make('details', { class: 'box open' }, [
      make('summary', { html: block.title }),
      make('p', { html: block.text }),
    ]),
    table: table,
  };

  function render(block) {
    if (typeof block === 'string') return make('p', { html: block });
    const kind = Object.keys(block)[0];
    return KINDS[kind](block[kind]);
  }

  Object.assign(window.Academy, { make: make, renderBlock: render });
})();
