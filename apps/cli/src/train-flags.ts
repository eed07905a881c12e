/** The flags of `slt train`: those of a backtest that make sense for it, and where the model goes. */
import { BACKTEST_OPTIONS, type BacktestFlags } from './backtest-flags';

export type TrainFlags = Pick<
  BacktestFlags,
  'data' | 'symbols' | 'interval' | 'from' | 'to' | 'warmUp' | 'seed' | 'json'
> & { readonly out?: string };

const SHARED = ['--data', '--symbols', '--interval', '--from', '--to', '--warm-up'];

/** As commander takes them. */
export const TRAIN_OPTIONS: readonly (readonly [flag: string, help: string])[] = [
  ...BACKTEST_OPTIONS.filter(([flag]) => SHARED.some((name) => flag.startsWith(`${name} `))),
  ['--seed <number>', 'of all that training draws by chance (default: 1)'],
  ['--out <file>', 'the trained model as JSON, written whole or not at all'],
  ['--json <file>', 'the figures as JSON; - is stdout'],
];

export const TRAIN_HELP = `
Candles are found as by slt backtest. Every signal of every set-up is labelled by the candles that followed it, after fees,
slippage and funding; a forest is trained and judged walk-forward against the online learner, on signals that neither had
seen. Nothing is installed: the trader trains its own models (POST /v1/models/train).

Examples:
  slt train --data recordings/
  slt train --symbols BTCUSDT,ETHUSDT --from 2025-01-01 --to 2025-07-01 --seed 7 --out model.json --json figures.json

Exit code: 0 a model was trained, whatever it is worth; 1 none could be; 2 the command is wrong; 130 interrupted.
`;
