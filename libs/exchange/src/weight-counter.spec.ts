/** A store that loses its memory in the middle of a window must not give out the same weight twice. */
import { ManualClock, MINUTE_MS } from '@slt/domain';
import { type BudgetStore, memoryBudgetStore } from './budget-store';
import { WeightBudget } from './weight-budget';

const START = 1_790_000_010_000; // ten seconds into a minute

/** As a Redis without persistence that is started again. */
function forgetfulStore(): { store: BudgetStore; forget: () => void } {
  let inner = memoryBudgetStore();
  const store: BudgetStore = {
    kind: 'memory',
    add: (key, points, ttlSeconds) => inner.add(key, points, ttlSeconds),
    total: (key) => inner.total(key),
    block: (key, wallMs) => inner.block(key, wallMs),
    blockedMs: (key) => inner.blockedMs(key),
    close: () => inner.close(),
  };
  return { store, forget: () => (inner = memoryBudgetStore()) };
}

function budgets(count: number) {
  const { store, forget } = forgetfulStore();
  const clock = new ManualClock(START);
  const all = Array.from(
    { length: count },
    () => new WeightBudget(clock, store, { limit: 2400, period: MINUTE_MS, scope: 'spec' }),
  );
  return { all, forget, clock };
}

async function reserve(budget: WeightBudget, calls: number, weight = 5): Promise<number> {
  let granted = 0;
  for (let i = 0; i < calls; i++) {
    if ((await budget.tryReserve(weight, 'market')).granted) granted += weight;
  }
  return granted;
}

it('remembers its own grants when the store forgets', async () => {
  const { all, forget } = budgets(1);
  const [budget] = all as [WeightBudget];
  expect(await reserve(budget, 400)).toBe(2000);
  forget();
  expect(await reserve(budget, 400)).toBe(160); // 2160 - 2000
});

it('remembers what the exchange has told of the others’ grants', async () => {
  const { all, forget } = budgets(2);
  const [one, other] = all as [WeightBudget, WeightBudget];
  expect((await reserve(one, 200)) + (await reserve(other, 200))).toBe(2000);
  one.observe(2000);
  other.observe(2000);
  forget();
  expect((await reserve(one, 100)) + (await reserve(other, 100))).toBe(160);
});

it('begins the next window at nought', async () => {
  const { all, forget, clock } = budgets(1);
  const [budget] = all as [WeightBudget];
  await reserve(budget, 400);
  budget.observe(2000);
  forget();
  clock.set(START + MINUTE_MS);
  expect(await reserve(budget, 500)).toBe(2160);
});
