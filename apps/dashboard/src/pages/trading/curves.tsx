/** Equity with its falls, and how trades ended in R: drawn by hand, each with its figures in words. */
import { count, money, percent } from '../../format';
import { Empty } from '../../ui/states';
import { drawdownsOf, type EquityPoint, type RBin } from './journal';

const WIDTH = 600;
const HEIGHT = 160;
const FALL_HEIGHT = 50;

export function EquityCurve({ points }: { points: readonly EquityPoint[] }) {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) {
    return <Empty>The curve begins with the second figure.</Empty>;
  }
  const values = points.map(({ equity }) => equity);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const falls = drawdownsOf(points);
  const deepest = Math.max(...falls);
  const x = (at: number): string => (((at - first.at) / (last.at - first.at || 1)) * WIDTH).toFixed(1);
  const y = (equity: number): string => (HEIGHT - ((equity - low) / (high - low || 1)) * HEIGHT).toFixed(1);
  const curve = points.map(({ at, equity }) => `${x(at)},${y(equity)}`).join(' ');
  const scale = Math.max(deepest, 0.001);
  const fall = points
    .map(({ at }, i) => `${x(at)},${((falls[i]! / scale) * FALL_HEIGHT).toFixed(1)}`)
    .join(' ');
  const text = `Equity from ${money(first.equity)} to ${money(last.equity)}, lowest ${money(low)}, highest ${money(high)}; deepest fall ${percent(deepest, 2)}`;
  return (
    <figure class="curve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={text}>
        <polyline class="equity" points={curve} />
      </svg>
      <svg viewBox={`0 0 ${WIDTH} ${FALL_HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <polygon class="fall" points={`0,0 ${fall} ${WIDTH},0`} />
      </svg>
      <figcaption class="dim">{text}.</figcaption>
    </figure>
  );
}

const BAR_WIDTH = 30;
const BAR_HEIGHT = 110;

export function RDistribution({ bins }: { bins: readonly RBin[] }) {
  const most = Math.max(...bins.map((bin) => bin.count));
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  if (total === 0) return <Empty>No trade was closed yet.</Empty>;
  const words = bins
    .filter((bin) => bin.count > 0)
    .map((bin) => `${rangeOf(bin)}: ${count(bin.count)}`)
    .join('; ');
  return (
    <figure class="curve">
      <svg
        viewBox={`0 0 ${bins.length * BAR_WIDTH} ${BAR_HEIGHT + 20}`}
        role="img"
        aria-label={`Trades by R. ${words}`}
      >
        {bins.map((bin, i) => {
          const height = (bin.count / most) * BAR_HEIGHT;
          return (
            <g key={i}>
              <rect
                class={bin.from < 0 ? 'loss' : 'gain'}
                x={i * BAR_WIDTH + 2}
                y={BAR_HEIGHT - height}
                width={BAR_WIDTH - 4}
                height={height}
              />
              <text x={i * BAR_WIDTH} y={BAR_HEIGHT + 14}>
                {Number.isFinite(bin.from) ? bin.from : '<'}
              </text>
            </g>
          );
        })}
      </svg>
      <figcaption class="dim">{words}.</figcaption>
    </figure>
  );
}

function rangeOf({ from, to }: RBin): string {
  if (from === -Infinity) return `below ${to} R`;
  return to === Infinity ? `${from} R and above` : `${from} to ${to} R`;
}
