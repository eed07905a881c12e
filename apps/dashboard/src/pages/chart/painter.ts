/** Draws the scene over the candles, as a primitive of their series, and tells what lies under a point. */
import type {
  IChartApi,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
  UTCTimestamp,
} from 'lightweight-charts';
import type { Drawn, Shape, Tone } from './drawn';

export type Palette = Readonly<Record<Tone | 'text', string>>;
type DrawTarget = Parameters<NonNullable<ReturnType<IPrimitivePaneView['renderer']>>['draw']>[0];

/** In pixels. */
interface Box {
  readonly drawn: Drawn;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const MARK_PX = 5;
const REACH_PX = 6;
const FONT = '11px system-ui, sans-serif';

export const timeOf = (openTime: number): UTCTimestamp => (openTime / 1000) as UTCTimestamp;

export class ScenePainter implements ISeriesPrimitive<Time> {
  private chart: IChartApi | undefined;
  private series: ISeriesApi<'Candlestick'> | undefined;
  private requestUpdate: () => void = () => undefined;
  private scene: readonly Drawn[] = [];
  private selected: string | undefined;
  private first = 0;
  private last = 0;
  private width = 0;
  private boxes: Box[] = [];
  private readonly views: readonly IPrimitivePaneView[] = [
    { zOrder: () => 'normal', renderer: () => ({ draw: (target) => this.draw(target) }) },
  ];

  constructor(private palette: Palette) {}

  attached({ chart, series, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.chart = chart as IChartApi;
    this.series = series as ISeriesApi<'Candlestick'>;
    this.requestUpdate = requestUpdate;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views;
  }

  /** @param bounds open times of the first and the last candle that the series has */
  show(scene: readonly Drawn[], selected: string | undefined, bounds: readonly [number, number]): void {
    this.scene = scene;
    this.selected = selected;
    [this.first, this.last] = bounds;
    this.requestUpdate();
  }

  recolour(palette: Palette): void {
    this.palette = palette;
    this.requestUpdate();
  }

  /** What lies under the point, the smallest first. */
  at(x: number, y: number): Drawn | undefined {
    const hit = this.boxes.filter(
      ({ left, right, top, bottom }) =>
        x >= left - REACH_PX && x <= right + REACH_PX && y >= top - REACH_PX && y <= bottom + REACH_PX,
    );
    const size = ({ left, right, top, bottom }: Box): number => (right - left + 1) * (bottom - top + 1);
    return hit.sort((a, b) => size(a) - size(b))[0]?.drawn;
  }

  private draw(target: DrawTarget): void {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      this.width = mediaSize.width;
      this.boxes = this.scene.flatMap((drawn) => this.boxOf(drawn) ?? []);
      context.font = FONT;
      context.textBaseline = 'middle';
      for (const box of this.boxes) this.paint(context, box);
    });
  }

  private paint(context: CanvasRenderingContext2D, { drawn, left, right, top, bottom }: Box): void {
    const { shape, tone, isFaint, label, id } = drawn;
    const isSelected = id === this.selected;
    context.strokeStyle = context.fillStyle = this.palette[isSelected ? 'accent' : tone];
    context.lineWidth = isSelected ? 2 : 1;
    if (shape.kind === 'zone') {
      context.globalAlpha = isFaint ? 0.06 : 0.16;
      context.fillRect(left, top, right - left, Math.max(1, bottom - top));
      context.globalAlpha = isFaint && !isSelected ? 0.3 : 0.8;
      context.strokeRect(left, top, right - left, Math.max(1, bottom - top));
    } else if (shape.kind === 'line') {
      context.globalAlpha = isFaint && !isSelected ? 0.45 : 0.95;
      context.setLineDash(isFaint ? [4, 4] : []);
      context.beginPath();
      context.moveTo(left, top);
      context.lineTo(right, top);
      context.stroke();
      context.setLineDash([]);
    } else {
      context.globalAlpha = isFaint && !isSelected ? 0.6 : 1;
      triangle(context, (left + right) / 2, shape.isAbove ? top : bottom, shape.isAbove);
    }
    context.globalAlpha = isFaint && !isSelected ? 0.55 : 1;
    this.write(context, label, { shape, left, right, top, bottom });
    context.globalAlpha = 1;
  }

  private write(
    context: CanvasRenderingContext2D,
    label: string,
    { shape, left, right, top, bottom }: Omit<Box, 'drawn'> & { shape: Shape },
  ): void {
    if (shape.kind === 'mark') {
      context.textAlign = 'center';
      context.fillText(label, (left + right) / 2, shape.isAbove ? top - 8 : bottom + 8);
      return;
    }
    context.textAlign = 'left';
    const from = Math.max(2, left + 3);
    if (right - from < context.measureText(label).width) return;
    context.fillText(label, from, shape.kind === 'line' ? top - 7 : Math.min(top + 8, bottom - 4));
  }

  private boxOf(drawn: Drawn): Box | undefined {
    const { shape } = drawn;
    if (shape.kind === 'mark') {
      const x = this.x(shape.at);
      const y = this.y(shape.level);
      if (x === undefined || y === undefined) return undefined;
      const [top, bottom] = shape.isAbove ? [y - 3 * MARK_PX, y - MARK_PX] : [y + MARK_PX, y + 3 * MARK_PX];
      return { drawn, left: x - MARK_PX, right: x + MARK_PX, top, bottom };
    }
    const left = this.x(shape.from);
    const right = shape.to === null ? this.width : this.x(shape.to);
    const [high, low] = shape.kind === 'zone' ? [shape.top, shape.bottom] : [shape.level, shape.level];
    const [top, bottom] = [this.y(high), this.y(low)];
    if (left === undefined || right === undefined || top === undefined || bottom === undefined)
      return undefined;
    return right < 0 || left > this.width ? undefined : { drawn, left, right, top, bottom };
  }

  /** What lies before the first candle begins with it. */
  private x(openTime: number): number | undefined {
    const within = Math.min(this.last, Math.max(this.first, openTime));
    return this.chart?.timeScale().timeToCoordinate(timeOf(within)) ?? undefined;
  }

  private y(level: number): number | undefined {
    return this.series?.priceToCoordinate(level) ?? undefined;
  }
}

function triangle(context: CanvasRenderingContext2D, x: number, y: number, isDown: boolean): void {
  const height = isDown ? 2 * MARK_PX : -2 * MARK_PX;
  context.beginPath();
  context.moveTo(x - MARK_PX, y);
  context.lineTo(x + MARK_PX, y);
  context.lineTo(x, y + height);
  context.closePath();
  context.fill();
}
