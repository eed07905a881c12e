/** An SVG chart of a few candles: scales, candles, and the marks that the pictures share. */

const WIDTH = 640;
const LEFT = 52;
const RIGHT = 20;
const PLOT_TOP = 40;
const PLOT_HEIGHT = 156;
/** Room below the plot: candle numbers, a row of what became known, the caption. */
const BELOW = 68;
const ROW_HEIGHT = 12;
const CHARACTER_WIDTH = 5.9;
const FONT = 'system-ui, -apple-system, &quot;Segoe UI&quot;, Roboto, Helvetica, Arial, sans-serif';

export const COLOURS = {
  paper: '#fbfaf6',
  ink: '#22262b',
  faint: '#6a7079',
  line: '#d9d6cc',
  bullish: '#0b7d62',
  bearish: '#c04a36',
  blue: '#2f62b5',
  violet: '#7a4fb3',
  orange: '#b36a00',
  grey: '#7d838b',
};

/** Two decimals, so that the same picture is the same bytes on every machine. */
export function round(value) {
  return String(Math.round(value * 100) / 100 + 0);
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export class Chart {
  behind = [];
  front = [];
  /** Right end of the last label in each of the two rows of what became known. */
  rowEnds = [0, 0];

  /**
   * @param extraHeight pixels between the plot and the caption, for a picture with rows of its own
   * @param room width of so many candles left free on the right
   */
  constructor({ title, caption, candles, extraHeight = 0, room = 0 }) {
    this.title = title;
    this.caption = caption;
    this.candles = candles;
    this.extraHeight = extraHeight;
    const highest = Math.max(...candles.map(({ high }) => high));
    const lowest = Math.min(...candles.map(({ low }) => low));
    this.top = highest + (highest - lowest) * 0.09;
    this.bottom = lowest - (highest - lowest) * 0.13;
    this.step = (WIDTH - LEFT - RIGHT) / (candles.length + room);
  }

  /** Middle of a candle; `x(i + 0.5)` is the edge between it and the next. */
  x(index) {
    return LEFT + (index + 0.5) * this.step;
  }

  y(price) {
    return PLOT_TOP + ((this.top - price) / (this.top - this.bottom)) * PLOT_HEIGHT;
  }

  get plotBottom() {
    return PLOT_TOP + PLOT_HEIGHT;
  }

  /** Of all that has been drawn until now. */
  get height() {
    return this.plotBottom + BELOW + this.extraHeight + (this.rowEnds[1] > 0 ? ROW_HEIGHT : 0);
  }

  line(x1, y1, x2, y2, style) {
    this.path(
      [
        [x1, y1],
        [x2, y2],
      ],
      style,
    );
  }

  path(points, { colour, width = 1.4, dash = '', layer = this.front }) {
    const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    const way = points.map(([x, y]) => `${round(x)} ${round(y)}`).join('L');
    layer.push(`<path d="M${way}" stroke="${colour}" stroke-width="${width}"${dashes} fill="none"/>`);
  }

  /** A box between two candles, both included, and two prices. */
  zone({ from, to, top, bottom, colour, opacity = 0.2, edge = true }) {
    const x = this.x(from - 0.5);
    const width = this.x(to + 0.5) - x;
    const stroke = edge ? ` stroke="${colour}" stroke-opacity="0.75"` : '';
    this.behind.push(
      `<rect x="${round(x)}" y="${round(this.y(top))}" width="${round(width)}" height="${round(this.y(bottom) - this.y(top))}" fill="${colour}" fill-opacity="${opacity}"${stroke}/>`,
    );
  }

  level(from, to, price, style) {
    this.line(this.x(from), this.y(price), this.x(to), this.y(price), style);
  }

  text(x, y, words, { colour = COLOURS.ink, anchor = 'middle', size = 11, bold = false } = {}) {
    const weight = bold ? ' font-weight="600"' : '';
    this.front.push(
      `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}" fill="${colour}"${weight} stroke="${COLOURS.paper}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${escape(words)}</text>`,
    );
  }

  /** Words at the right end of something, at its left end where they would leave the picture. */
  beside(left, right, y, words, style) {
    const isLeft = right + words.length * CHARACTER_WIDTH > WIDTH - 10;
    this.text(isLeft ? left - 5 : right + 5, y, words, { anchor: isLeft ? 'end' : 'start', ...style });
  }

  /** Words just above a high or just below a low. */
  label(index, price, words, { side = 'high', ...style }) {
    this.text(this.x(index), this.y(price) + (side === 'high' ? -6 : 14), words, { bold: true, ...style });
  }

  /** A dotted way from a candle to the one that proved it, with an arrow at the end. */
  proof(at, knownAt, price, colour) {
    const y = this.y(price);
    const end = this.x(knownAt);
    this.line(this.x(at), y, end - 4, y, { colour, width: 1.2, dash: '2 2.5' });
    this.front.push(`<path d="M${round(end)} ${round(y)}l-6 -3.2v6.4z" fill="${colour}"/>`);
  }

  /** A tick below the chart at the candle that proved something, tied to the price it is about. */
  known(index, price, words, colour) {
    const x = this.x(index);
    const base = this.plotBottom + 17;
    this.line(x, this.y(price), x, base, { colour, width: 1, dash: '1 2.5', layer: this.behind });
    this.front.push(`<path d="M${round(x)} ${round(base - 1)}l-3.6 6.5h7.2z" fill="${colour}"/>`);
    const half = (words.length * CHARACTER_WIDTH) / 2;
    const middle = Math.min(x, WIDTH - 6 - half);
    const row = middle - half > this.rowEnds[0] ? 0 : 1;
    this.rowEnds[row] = middle + half + 8;
    this.text(middle, base + 17 + ROW_HEIGHT * row, words, { colour, size: 10.5 });
  }

  /** @param description the same in words, for those who do not see the picture */
  svg(description) {
    const parts = [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${this.height}" width="${WIDTH}" height="${this.height}" role="img" aria-labelledby="title desc" font-family="${FONT}">`,
      `<title id="title">${escape(this.title)}</title>`,
      `<desc id="desc">${escape(description)}</desc>`,
      `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${this.height - 1}" rx="6" fill="${COLOURS.paper}" stroke="${COLOURS.line}"/>`,
      ...this.behind,
      ...this.candles.map((candle, i) => this.candle(candle, i)),
      ...this.front,
      ...this.frame(),
      '</svg>',
    ];
    return `${parts.join('\n')}\n`;
  }

  /** Rising ones are hollow, falling ones filled: to be told apart without colours too. */
  candle({ open, high, low, close }, index) {
    const isRising = close >= open;
    const colour = isRising ? COLOURS.bullish : COLOURS.bearish;
    const x = this.x(index);
    const half = Math.min(5, this.step * 0.32);
    const top = this.y(Math.max(open, close));
    const bottom = Math.max(top + 1, this.y(Math.min(open, close)));
    const body = `M${round(x - half)} ${round(top)}H${round(x + half)}V${round(bottom)}H${round(x - half)}z`;
    const wicks = `M${round(x)} ${round(this.y(high))}V${round(top)}M${round(x)} ${round(bottom)}V${round(this.y(low))}`;
    return `<path d="${wicks}${body}" fill="${isRising ? COLOURS.paper : colour}" stroke="${colour}" stroke-width="1.2"/>`;
  }

  frame() {
    const front = this.front;
    this.front = [];
    this.text(14, 23, this.title, { anchor: 'start', size: 13, bold: true });
    this.text(14, this.height - 12, this.caption, { anchor: 'start', size: 10.5, colour: COLOURS.faint });
    this.text(14, this.plotBottom + 12, 'candle', { anchor: 'start', size: 9.5, colour: COLOURS.faint });
    for (let i = 0; i < this.candles.length; i += 5) {
      this.text(this.x(i), this.plotBottom + 12, String(i), { size: 9.5, colour: COLOURS.faint });
    }
    if (this.rowEnds[0] > 0) {
      this.text(14, this.plotBottom + 34, 'known', { anchor: 'start', size: 10.5, colour: COLOURS.faint });
    }
    const frame = this.front;
    this.front = front;
    return frame;
  }
}

/** `swingSize 3, atrLength 5`; what is switched off is not worth a word. */
export function optionText(options, off) {
  return Object.entries(options)
    .filter(([, value]) => value !== off)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
