const WIDTH = 100;
const HEIGHT = 24;

/** The course of a few values, without axes; decoration to the figures beside it. */
export function Sparkline({ values }: { values: readonly number[] }) {
  if (values.length < 2) return <svg class="sparkline" aria-hidden="true" />;
  const low = Math.min(...values);
  const height = Math.max(...values) - low || 1;
  const step = WIDTH / (values.length - 1);
  const points = values.map(
    (value, i) =>
      `${(i * step).toFixed(1)},${(HEIGHT - 1 - ((value - low) / height) * (HEIGHT - 2)).toFixed(1)}`,
  );
  const isUp = values.at(-1)! >= values[0]!;
  return (
    <svg
      class={`sparkline ${isUp ? 'up' : 'down'}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline points={points.join(' ')} />
    </svg>
  );
}
