/* Draws pictures from paving plans: rows of tiles, each written as shape, colour and ground. */
(function () {
  'use strict';

  const NS = 'http://www.w3.org/2000/svg';
  const TILE = 50;
  const CORNERS = {
    a: '0 0 1 0 0 1', b: '0 0 1 0 1 1', c: '1 0 1 1 0 1', d: '0 0 1 1 0 1',
  };
  const QUARTERS = {
    q: 'M0 0H1A1 1 0 0 1 0 1Z', r: 'M1 0V1A1 1 0 0 1 0 0Z',
    t: 'M1 1H0A1 1 0 0 1 1 0Z', u: 'M0 1V0A1 1 0 0 1 1 1Z',
  };

  function draw(name, attributes, parent) {
    const element = document.createElementNS(NS, name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    if (parent) parent.append(element);
    return element;
  }

  function square(group, colour) {
    draw('rect', { width: 1, height: 1, class: 'c' + colour, 'shape-rendering': 'crispEdges' }, group);
  }

  function cell(svg, column, row) {
    const place = 'translate(' + column * TILE + ' ' + row * TILE + ') scale(' + TILE + ')';
    return draw('g', { transform: place }, svg);
  }

  function drawGround(svg, [shape, , ground], column, row) {
    if (shape !== '.' && ground) square(cell(svg, column, row), ground);
  }

  function drawShape(svg, [shape, colour], column, row) {
    if (shape === '.') return;
    const group = cell(svg, column, row);
    const paint = { class: 'c' + colour };
    if (shape === 's') square(group, colour);
    if (shape === 'o') draw('circle', { cx: 0.5, cy: 0.5, r: 0.36, ...paint }, group);
    if (shape === 'x') draw('rect', { x: 0.28, y: 0.28, width: 0.44, height: 0.44, ...paint }, group);
    if (CORNERS[shape]) draw('polygon', { points: CORNERS[shape], ...paint }, group);
    if (QUARTERS[shape]) draw('path', { d: QUARTERS[shape], ...paint }, group);
  }

  function drawMark(svg, [column, row, text]) {
    const x = column * TILE;
    const y = row * TILE;
    draw('circle', { cx: x, cy: y, r: 17, class: 'mark' }, svg);
    draw('text', { x: x, y: y + 7, class: 'mark-text' }, svg).textContent = text;
  }

  function drawArrow(svg, points) {
    const scaled = points.map((number) => number * TILE);
    const end = scaled.slice(-2);
    const before = scaled.slice(-4, -2);
    const angle = (Math.atan2(end[1] - before[1], end[0] - before[0]) * 180) / Math.PI;
    draw('polyline', { points: scaled.join(' '), class: 'arrow' }, svg);
    const head = 'translate(' + end.join(' ') + ') rotate(' + angle + ')';
    draw('path', { d: 'M6 0L-10 -9V9Z', transform: head, class: 'arrow-head' }, svg);
  }

  function paving(picture, description) {
    const rows = picture.plan.map((row) => row.split(' '));
    const size = '0 0 ' + rows[0].length * TILE + ' ' + rows.length * TILE;
    const svg = draw('svg', { viewBox: size, class: 'paving', focusable: 'false' });
    if (description) {
      svg.setAttribute('role', 'img');
      svg.setAttribute('aria-label', description);
    } else {
      svg.setAttribute('aria-hidden', 'true');
    }
    [drawGround, drawShape].forEach((pass) => {
      rows.forEach((row, y) => row.forEach((tile, x) => pass(svg, tile, x, y)));
    });
    (picture.arrows || []).forEach((points) => drawArrow(svg, points));
    (picture.marks || []).forEach((mark) => drawMark(svg, mark));
    return svg;
  }

  window.Academy.paving = paving;
})();
