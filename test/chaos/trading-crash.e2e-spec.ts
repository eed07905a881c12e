/**
 * The crash matrix in short: a trader is killed at steps of an order's life while the exchange leaves open what became of
 * its orders. After the restart no order is lost, doubled or unprotected, and the journal equals the emulator's ledger.
 * All of it: `npm run chaos`.
 */
import { againOf } from './support/chaos-report';
import { type CrashCase, type CrashStep, planRun } from './support/crash-plan';
import { type CrashOutcome, crashRun } from './support/crash-run';
import type { FaultName } from './support/order-faults';
import { RunDatabases } from './support/run-databases';

jest.setTimeout(600_000);

/** One of each class: before and after each border that an order crosses, and each way not to hear of it. */
const CHOSEN: readonly [CrashStep, FaultName][] = [
  ['after-journal', '1007-lost'],
  ['after-send', '503-executed'],
  ['before-fill-journal', 'lost-updates'],
  ['before-stop', 'rejects'],
  ['after-fill-journal', 'dead-key-silent'],
  ['any', 'storm'],
];
const AT_ONCE = 2;

describe('a trader that is killed', () => {
  const cases = CHOSEN.map(([step, fault], i): CrashCase => {
    const { crash, second: _, ...plan } = planRun(i + 1, step, fault);
    const early = crash.step === 'any' ? crash : { ...crash, occurrence: 1 + (i % 3) };
    return { ...plan, crash: early, probability: 0.5, isFlattened: i % 2 === 0 };
  });
  const outcomes = new Map<CrashCase, Promise<CrashOutcome>>();
  let databases: RunDatabases;

  beforeAll(async () => {
    databases = await RunDatabases.start();
    const lanes = Array.from({ length: AT_ONCE }, () => Promise.resolve<unknown>(undefined));
    for (const [i, plan] of cases.entries()) {
      const outcome = lanes[i % AT_ONCE]!.then(() => crashRun(plan, databases));
      outcomes.set(plan, outcome);
      lanes[i % AT_ONCE] = outcome.catch(() => undefined);
    }
  });
  afterAll(async () => {
    await Promise.allSettled(outcomes.values());
    await databases.stop();
  });

  it.each(cases.map((plan) => ({ ...plan, plan })))('at "$step" under "$fault"', async ({ plan }) => {
    const { flaws, fills, log = '' } = await outcomes.get(plan)!;
    if (flaws.length > 0) throw new Error(`${flaws.join('\n')}\n(${againOf(plan)})\n${log.slice(-3_000)}`);
    expect(fills).toBeGreaterThan(0);
  });
});
