import { referenceEvents } from '../testing/reference';
import { planFrom, series } from '../testing/series';
import { smallOptions } from '../testing/options';
import { countEvents, type Census } from '../testing/census';
it('tries', () => {
  const census: Census = new Map();
  const t0 = performance.now();
  for (let seed = 0; seed < 300; seed++) {
    const plan = planFrom(seed, 200);
    const events = referenceEvents(series(plan), smallOptions(seed, { intervalMs: plan.intervalMs }));
    countEvents(census, events);
  }
  const t1 = performance.now();
  const c2: Census = new Map();
  for (let seed = 0; seed < 8; seed++) {
    const plan = planFrom(seed, 2000, { shape: 'mixed' });
    countEvents(c2, referenceEvents(series(plan), { intervalMs: plan.intervalMs }));
  }
  const t2 = performance.now();
  console.log(
    t1 - t0,
    t2 - t1,
    [...census]
      .sort()
      .map(([k, v]) => `${k}: ${v} ${c2.get(k) ?? '-'}`)
      .join('\n'),
  );
});
