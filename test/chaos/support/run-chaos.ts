/** `npm run chaos`: crash matrix and soak from a shell. Progress goes to stderr, the summary as JSON to stdout. */
import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { againOf, type CrashReport, type CrashResult, reportOf } from './chaos-report';
import { CRASH_STEPS, type CrashCase, type CrashStep, planRun, planRuns } from './crash-plan';
import { type CrashOutcome, crashRun } from './crash-run';
import { FAULT_NAMES, type FaultName } from './order-faults';
import { RunDatabases } from './run-databases';
import { soakRun } from './soak-run';

const HELP = `npm run chaos -- [--runs 20] [--seed 1] [--steps a,b] [--faults a,b] [--parallel 1] [--json out.json] [--keep folder]
npm run chaos -- --run-seed <seed> --steps <step> --faults <fault>     one run again
npm run chaos -- --soak [--symbols 300] [--speed 60] [--minutes 24] [--kills 0] [--seed 1] [--faults a,b] [--json out.json]

steps:  ${CRASH_STEPS.join(' ')}
faults: ${FAULT_NAMES.join(' ')}
--keep: where what journal and ledger held is written down for each run that failed

Exit code: 0 all is well, 1 something was lost, doubled, unprotected or differs, 2 the command is wrong.
`;

const OPTIONS = {
  runs: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  'run-seed': { type: 'string' },
  steps: { type: 'string' },
  faults: { type: 'string' },
  parallel: { type: 'string', default: '1' },
  soak: { type: 'boolean', default: false },
  symbols: { type: 'string', default: '300' },
  speed: { type: 'string', default: '60' },
  minutes: { type: 'string', default: '24' },
  kills: { type: 'string', default: '0' },
  json: { type: 'string' },
  keep: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const EXIT_INTERRUPTED = 130;

class Misuse extends Error {}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  return values.soak ? soak(values) : crash(values);
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function crash(values: Values): Promise<number> {
  const steps = chosen(values.steps, CRASH_STEPS, 'step');
  const faults = chosen(values.faults, FAULT_NAMES, 'fault');
  const again = values['run-seed'];
  const cases =
    again === undefined
      ? planRuns(whole(values.runs, 'runs'), whole(values.seed, 'seed'), { steps, faults })
      : [planRun(whole(again, 'run-seed'), steps[0]!, faults[0]!)];
  const report = await runAll(cases, whole(values.parallel, 'parallel'), values.keep);
  await tell(report, brief(report), values.json);
  return report.failed === 0 ? 0 : 1;
}

async function soak(values: Values): Promise<number> {
  const databases = await startDatabases();
  try {
    const options = {
      seed: whole(values.seed, 'seed'),
      symbols: whole(values.symbols, 'symbols'),
      speed: whole(values.speed, 'speed'),
      minutes: Number(values.minutes),
      kills: whole(values.kills, 'kills'),
      faults: chosen(values.faults, FAULT_NAMES, 'fault'),
    };
    const report = await soakRun(options, databases);
    const { series: _, log: __, ...figures } = report;
    await tell(report, figures, values.json);
    return report.flaws.length === 0 ? 0 : 1;
  } finally {
    await databases.stop();
  }
}

/** All of it to the file, where there is one; then the figures alone are shown. */
async function tell(report: object, figures: object, file: string | undefined): Promise<void> {
  const textOf = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;
  if (file !== undefined) await writeFile(file, textOf(report));
  process.stdout.write(textOf(file === undefined ? report : figures));
}

/** Ends with the command, also where that is interrupted. */
async function startDatabases(): Promise<RunDatabases> {
  const databases = await RunDatabases.start();
  const stop = (): void => void databases.stop().then(() => process.exit(EXIT_INTERRUPTED));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return databases;
}

async function runAll(
  cases: readonly CrashCase[],
  parallel: number,
  folder: string | undefined,
): Promise<CrashReport> {
  const begun = performance.now();
  const databases = await startDatabases();
  const results: CrashResult[] = [];
  const waiting = [...cases];
  const work = async (): Promise<void> => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
      const outcome = await attempt(plan, databases);
      results.push({ plan, outcome });
      if (folder !== undefined && outcome.evidence !== undefined) await keep(folder, plan, outcome.evidence);
      say(`${results.length}/${cases.length} ${lineOf(plan, outcome)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, parallel) }, work));
  } finally {
    await databases.stop();
  }
  return reportOf(results, performance.now() - begun);
}

async function keep(folder: string, { seed, step, fault }: CrashCase, evidence: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify(evidence, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  await writeFile(join(folder, `${seed}-${step}-${fault}.json`), text);
}

async function attempt(plan: CrashCase, databases: RunDatabases): Promise<CrashOutcome> {
  try {
    return await crashRun(plan, databases);
  } catch (error) {
    const nothing = { isReached: false, orders: 0, fills: 0, trades: 0, faultHits: 0, steps: {}, wallMs: 0 };
    return { ...nothing, flaws: [String((error as Error).message)] };
  }
}

function lineOf(
  plan: CrashCase,
  { flaws, isReached, orders, fills, faultHits, wallMs }: CrashOutcome,
): string {
  const figures = `${orders} orders, ${fills} fills, ${faultHits} hits, ${(wallMs / 1000).toFixed(1)} s`;
  const verdict = flaws.length === 0 ? 'ok' : `FAILED\n    ${flaws.join('\n    ')}\n   `;
  return `${verdict} ${againOf(plan)} (${isReached ? 'reached' : 'not reached'}; ${figures})`;
}

function brief({ failures: _, ...figures }: CrashReport): object {
  return figures;
}

function chosen<T extends CrashStep | FaultName>(
  list: string | undefined,
  all: readonly T[],
  what: string,
): T[] {
  if (list === undefined) return [...all];
  return list.split(',').map((name) => {
    const found = all.find((each) => each === name.trim());
    if (found === undefined) throw new Misuse(`no ${what} is called "${name}"; there are ${all.join(', ')}`);
    return found;
  });
}

function whole(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Misuse(`--${name} is "${text}", not a whole number`);
  return value;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isMisuse =
      error instanceof Misuse || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    say(
      isMisuse === true
        ? `chaos: ${(error as Error).message}\n${HELP}`
        : String((error as Error).stack ?? error),
    );
    process.exit(isMisuse === true ? 2 : 1);
  },
);
