/** A bar from 0 to 100 with its meaning in words. */
export function Progress({ percent, label }: { percent: number; label: string }) {
  const value = Math.max(0, Math.min(100, percent));
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
    >
      <div class="progress-fill" style={{ width: `${value}%` }} />
    </div>
  );
}
