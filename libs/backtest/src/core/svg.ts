/** Small charts as SVG text: no script, nothing from elsewhere. Colours are the page's, by class. */

/** Text that may stand anywhere in HTML or SVG. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Left, for the scale. */
  readonly margin: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** From values to places in the frame; y grows upwards. */
export class Scale {
  private readonly low: number;
  private readonly span: number;

  constructor(
    values: Iterable<number>,
    private readonly from: number,
    private readonly to: number,
  ) {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (!(high > low)) [low, high] = Number.isFinite(low) ? [low - 1, low + 1] : [0, 1];
    this.low = low;
    this.span = high - low;
  }

  at(value: number): number {
    return this.from + ((value - this.low) / this.span) * (this.to - this.from);
  }

  /** Low, middle and high, to be written beside it. */
  get marks(): readonly number[] {
    return [this.low, this.low + this.span / 2, this.low + this.span];
  }
}

/** Two decimals are finer than a pixel. */
export const place = (value: number): string => String(Math.round(value * 100) / 100);

export function svg({ width, height }: Frame, label: string, parts: readonly string[]): string {
  const text = escapeText(label);
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${text}"><title>${text}</title>${parts.join('')}</svg>`;
}

export function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${place(x)} ${place(y)}`).join('');
}

/** The marks of a scale with lines across. */
export function yAxis({ width, margin }: Frame, scale: Scale, write: (value: number) => string): string {
  return scale.marks
    .map((mark) => {
      const y = place(scale.at(mark));
      return `<line class="grid" x1="${margin}" x2="${width}" y1="${y}" y2="${y}"/><text x="${margin - 4}" y="${y}" text-anchor="end" dominant-baseline="middle">${escapeText(write(mark))}</text>`;
    })
    .join('');
}

export interface LineChart {
  readonly label: string;
  /** Ascending by x. */
  readonly points: readonly Point[];
  readonly write: (value: number) => string;
  readonly kind: 'line' | 'area';
}

const FRAME: Frame = { width: 760, height: 220, margin: 70 };
const PAD = 12;

/** Steps of a curve that stays where it is until something happens. */
export function lineChart({ label, points, write, kind }: LineChart): string {
  const x = new Scale(
    points.map((point) => point.x),
    FRAME.margin,
    FRAME.width - PAD,
  );
  const y = new Scale(
    points.map((point) => point.y),
    FRAME.height - PAD,
    PAD,
  );
  const placed = points.flatMap((point, i) => {
    const here = { x: x.at(point.x), y: y.at(point.y) };
    const before = points[i - 1];
    return before === undefined ? [here] : [{ x: here.x, y: y.at(before.y) }, here];
  });
  const closing =
    kind === 'area' && placed.length > 0
      ? `L${place(placed.at(-1)!.x)} ${place(y.at(0))}L${place(placed[0]!.x)} ${place(y.at(0))}Z`
      : '';
  return svg(FRAME, label, [
    yAxis(FRAME, y, write),
    `<path class="${kind}" d="${pathOf(placed)}${closing}"/>`,
  ]);
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly tone: 'good' | 'bad' | 'plain';
}

export function barChart(label: string, bars: readonly Bar[]): string {
  const y = new Scale([0, ...bars.map((bar) => bar.value)], FRAME.height - 28, PAD);
  const slot = (FRAME.width - FRAME.margin - PAD) / Math.max(1, bars.length);
  const drawn = bars.map(({ label: text, value, tone }, i) => {
    const x = FRAME.margin + i * slot;
    const top = y.at(value);
    const middle = place(x + slot / 2);
    return (
      `<rect class="${tone}" x="${place(x + 1)}" y="${place(top)}" width="${place(slot - 2)}" height="${place(y.at(0) - top)}"><title>${escapeText(`${text}: ${value}`)}</title></rect>` +
      `<text x="${middle}" y="${FRAME.height - 10}" text-anchor="middle">${escapeText(text)}</text>`
    );
  });
  return svg(FRAME, label, [yAxis(FRAME, y, (value) => String(Math.round(value))), ...drawn]);
}

export interface CalibrationPoint {
  readonly confidence: number;
  readonly winRate: number;
  readonly count: number;
}

const SQUARE: Frame = { width: 320, height: 300, margin: 40 };

/** What was told against what came; the diagonal is the truth. */
export function calibrationChart(points: readonly CalibrationPoint[]): string {
  const x = new Scale([0, 1], SQUARE.margin, SQUARE.width - PAD);
  const y = new Scale([0, 1], SQUARE.height - 28, PAD);
  const most = Math.max(1, ...points.map(({ count }) => count));
  const diagonal = pathOf([
    { x: x.at(0), y: y.at(0) },
    { x: x.at(1), y: y.at(1) },
  ]);
  const dots = points.map(
    ({ confidence, winRate, count }) =>
      `<circle class="dot" cx="${place(x.at(confidence))}" cy="${place(y.at(winRate))}" r="${place(3 + 9 * Math.sqrt(count / most))}"><title>${escapeText(`told ${confidence.toFixed(3)}, came ${winRate.toFixed(3)}, ${count} trades`)}</title></circle>`,
  );
  const percent = (value: number): string => `${Math.round(100 * value)} %`;
  const below = [0, 0.5, 1].map(
    (value) =>
      `<text x="${place(x.at(value))}" y="${SQUARE.height - 10}" text-anchor="middle">${percent(value)}</text>`,
  );
  const label = 'Share of wins against confidence';
  return svg(SQUARE, label, [
    yAxis(SQUARE, y, percent),
    ...below,
    `<path class="line faint" d="${diagonal}"/>`,
    ...dots,
  ]);
}
