/** Calibration and weights, drawn by hand; the same figures stand beside them in words. */
import type { CalibrationBin, Model } from '../../api/types/models';
import { count, percent } from '../../format';
import { Empty } from '../../ui/states';

const SIZE = 220;
const MOST_WEIGHTS = 20;

/** What was told against what came: on the diagonal both agree. */
export function CalibrationPlot({ bins }: { bins: readonly CalibrationBin[] }) {
  const seen = bins.filter(
    (bin): bin is CalibrationBin & { confidence: number; winRate: number } =>
      bin.count > 0 && bin.confidence !== null && bin.winRate !== null,
  );
  if (seen.length === 0) return <Empty>No outcome of the champion is known yet.</Empty>;
  const most = Math.max(...seen.map((bin) => bin.count));
  return (
    <div class="calibration">
      <svg
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        role="img"
        aria-label="Told against what came; the table has the figures"
      >
        <rect class="frame" x={0} y={0} width={SIZE} height={SIZE} />
        <line class="diagonal" x1={0} y1={SIZE} x2={SIZE} y2={0} />
        {seen.map(({ from, confidence, winRate, count: size }) => (
          <circle
            key={from}
            class="bin"
            cx={confidence * SIZE}
            cy={SIZE - winRate * SIZE}
            r={3 + 7 * Math.sqrt(size / most)}
          />
        ))}
      </svg>
      <table>
        <thead>
          <tr>
            <th>Told</th>
            <th class="num">Came</th>
            <th class="num">Signals</th>
          </tr>
        </thead>
        <tbody>
          {seen.map(({ from, confidence, winRate, count: size }) => (
            <tr key={from}>
              <td>{percent(confidence, 0)}</td>
              <td class="num">{percent(winRate, 0)}</td>
              <td class="num">{count(size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The heaviest first; a bar to the right speaks for a win. */
export function Weights({ weights }: { weights: Model['weights'] }) {
  if (weights.length === 0) return <Empty>This model has no weights of single features.</Empty>;
  const heaviest = [...weights]
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, MOST_WEIGHTS);
  const scale = Math.max(...heaviest.map(({ weight }) => Math.abs(weight))) || 1;
  return (
    <div class="scroll weights" tabIndex={0} role="region" aria-label="Feature weights">
      <table>
        <thead>
          <tr>
            <th>Feature</th>
            <th class="num">Log-odds a standard deviation</th>
            <th>Against or for</th>
          </tr>
        </thead>
        <tbody>
          {heaviest.map(({ feature, weight }) => (
            <tr key={feature}>
              <td>{feature}</td>
              <td class="num">
                {weight > 0 ? '+' : ''}
                {weight.toFixed(3)}
              </td>
              <td>
                <svg viewBox="-50 0 100 10" class="bar" aria-hidden="true">
                  <rect
                    class={weight < 0 ? 'loss' : 'gain'}
                    x={Math.min(0, (weight / scale) * 50)}
                    y={1}
                    width={(Math.abs(weight) / scale) * 50}
                    height={8}
                  />
                </svg>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
