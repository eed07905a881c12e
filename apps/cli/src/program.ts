/** The words of the command line: commands, flags, help. What a command needs is loaded when it is called. */
import { Command } from 'commander';
import type { CommandContext } from './context';
import { BACKTEST_HELP, BACKTEST_OPTIONS, type BacktestFlags } from './backtest-flags';
import type { ExitCode } from './exit';
import type { AuditFlags } from './run-audit';
import { OPTION_FLAGS, type SmcFlags } from './smc-flags';
import { TRAIN_HELP, TRAIN_OPTIONS, type TrainFlags } from './train-flags';

const EXCHANGE_HELP = `
Exchange:
  Without EXCHANGE in the environment, an emulator inside this command.
  EXCHANGE=emulator EMULATOR_URL=http://127.0.0.1:4000   an emulator that runs elsewhere
  EXCHANGE=binance                                       the real market; needs no keys
`;

const EXIT_HELP = `
Exit code: 0 all is whole, 1 something is not, 2 the command is wrong, 130 interrupted.
`;

/** @param done gets the exit code of the command that was run */
export function createProgram(context: CommandContext, done: (code: ExitCode) => void): Command {
  const program = new Command('slt');
  program
    .description(
      'SelfLearningTrader from a shell: an exchange to play with, history, integrity, Smart Money Concepts, a backtest, a training, an audit of trading.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.terminal.out(text),
      writeErr: (text) => context.terminal.say(text.trimEnd()),
    })
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', EXIT_HELP);
  addEmulator(program, context, done);
  addIntegrity(program, context, done);
  addHistory(program, context, done);
  addSmc(program, context, done);
  addAudit(program, context, done);
  addBacktest(program, context, done);
  addTrain(program, context, done);
  return program;
}

type Done = (code: ExitCode) => void;

function addEmulator(program: Command, context: CommandContext, done: Done): void {
  program
    .command('emulator')
    .description(
      "Binance's USDⓈ-M wire protocol on a port of this machine, over generated or recorded markets",
    )
    .option('--host <address>', 'where to listen (default: 127.0.0.1)')
    .option('--port <number>', 'default: any free port; the first line tells which')
    .option('--symbols <count>', 'USDT perpetuals that trade (default: 300)')
    .option('--seed <number>', 'the same seed gives the same markets (default: 1)')
    .option('--speed <factor>', '60 closes a one-minute candle every second (default: 1)')
    .option('--replay <folder>', 'recorded candles instead of generated ones: CSV, .gz or .zip')
    .option('--hold', 'let its clock stand until a trader is ready')
    .option('--start <date>', "the exchange's time at the start (default: now)")
    .option('--latency <ms>', 'wall time of each request (default: 0)')
    .option('--jitter <ms>', 'up to this much more (default: 0)')
    .option('--weight-limit <weight>', 'request weight per minute (default: 2400)')
    .option('--api-key <text>', 'of the first account (default: a well-known one)')
    .option('--api-secret <text>', 'its secret (default: a well-known one)')
    .option('--balance <usdt>', 'what an account starts with (default: 10000)')
    .option('--faults <file>', 'a script of faults (JSON)')
    .addHelpText(
      'after',
      `
Examples:
  slt emulator --port 4000 --speed 60
  slt emulator --replay recordings/ --speed 600 --hold
  EXCHANGE=emulator EMULATOR_URL=http://127.0.0.1:4000 npm start
`,
    )
    .action(async (flags) => {
      const { runEmulatorCommand } = await import('./run-emulator-command.js');
      done(await runEmulatorCommand(flags, context));
    });
}

function addIntegrity(program: Command, context: CommandContext, done: Done): void {
  program
    .command('integrity')
    .description('Is the candle cache whole? Changes nothing without --repair')
    .option('--data <folder>', 'the cache (default: DATA_DIR, else data)')
    .option('--json', 'the report as JSON')
    .option('--repair', 'move broken files to quarantine/ and fetch again what is broken, nothing else')
    .addHelpText(
      'after',
      `
Examples:
  slt integrity
  slt integrity --data /var/lib/slt --json
  EXCHANGE=binance slt integrity --repair
${EXCHANGE_HELP}${EXIT_HELP}`,
    )
    .action(async (flags) => {
      const { runIntegrity } = await import('./run-integrity.js');
      done(await runIntegrity(flags, context));
    });
}

function addHistory(program: Command, context: CommandContext, done: Done): void {
  const history = program.command('history').description('The candle cache and where it comes from');
  history
    .command('sync')
    .description('Fetch what the cache lacks. Interrupted, it goes on where it was when run again')
    .option('--symbols <names>', 'separated by commas, or "all"')
    .option('--interval <interval>', 'such as 1m, 5m, 1h')
    .option('--limit <count>', 'the newest closed candles of each symbol')
    .option('--from <date>', 'or all candles from here on: 2025-01-31, 2025-01-31T12:00Z or milliseconds')
    .option('--to <date>', '… up to here, not included (default: now)')
    .option('--data <folder>', 'the cache (default: DATA_DIR, else data)')
    .addHelpText(
      'after',
      `
Long spans come from the exchange's public archive, the rest by REST within the weight limit.

Examples:
  slt history sync --symbols BTCUSDT,ETHUSDT --interval 1m --limit 1000
  EXCHANGE=binance slt history sync --symbols all --interval 1h --from 2025-01-01
  EXCHANGE=binance slt history sync --symbols BTCUSDT --interval 1m --from 2025-01-01 --to 2025-07-01
${EXCHANGE_HELP}${EXIT_HELP}`,
    )
    .action(async (flags) => {
      const { runHistorySync } = await import('./run-history-sync.js');
      done(await runHistorySync(flags, context));
    });
}

function addSmc(program: Command, context: CommandContext, done: Done): void {
  const command = program
    .command('smc')
    .description(
      'Smart Money Concepts in a file of candles: one JSON event a line, in the order they became known',
    )
    .argument('<file>', 'Parquet as in the cache, or CSV: plain, gzipped or zipped')
    .option('--interval <interval>', 'such as 1m (default: as the open times say)')
    .option('--out <file>', 'written whole or not at all (default: stdout)');
  for (const { flag, help } of OPTION_FLAGS) command.option(flag, help);
  command
    .addHelpText(
      'after',
      `
CSV has a header with timestamp, open, high, low, close and volume in any order, or is as in Binance's archive; times in
milliseconds. A hole is reported, and what follows it is taken as the next candle.

Examples:
  slt smc data/BTCUSDT_1m.parquet
  slt smc BTCUSDT-1m-2025-06.zip --out events.jsonl
  slt smc candles.csv.gz --interval 5m --swing 30 --mitigation close | jq -c 'select(.kind == "choch")'
${EXIT_HELP}`,
    )
    .action(async (file: string, flags: SmcFlags) => {
      const { runSmc } = await import('./run-smc.js');
      done(await runSmc(file, flags, context));
    });
}

function addAudit(program: Command, context: CommandContext, done: Done): void {
  program
    .command('audit')
    .description(
      'Does the journal of trading say what the exchange says: orders, fills, money, positions, stops',
    )
    .option('--data <folder>', 'the data folder of the trader (default: DATA_DIR, else data)')
    .option('--json', 'the whole report as JSON')
    .addHelpText(
      'after',
      `
Reads alone, at any time, beside a running trader. Settings are the trader's: TRADING_MODE says which account is looked
at, paper (the default) or live, which needs BINANCE_API_KEY and BINANCE_API_SECRET.

Examples:
  slt audit --data data
  slt audit --json | jq .differences
  EXCHANGE=binance TRADING_MODE=live slt audit

Exit code: 0 no difference, 1 some or it could not be found out, 2 the command is wrong, 130 interrupted.
`,
    )
    .action(async (flags: AuditFlags) => {
      const { runAudit } = await import('./run-audit.js');
      done(await runAudit(flags, context));
    });
}

function addBacktest(program: Command, context: CommandContext, done: Done): void {
  const command = program
    .command('backtest')
    .description('What trading would have done on recorded candles: the same pipeline as live, on paper');
  for (const [flag, help] of BACKTEST_OPTIONS) command.option(flag, help);
  command.addHelpText('after', `${BACKTEST_HELP}${EXIT_HELP}`).action(async (flags: BacktestFlags) => {
    const { runBacktestCommand } = await import('./run-backtest-command.js');
    done(await runBacktestCommand(flags, context));
  });
}

function addTrain(program: Command, context: CommandContext, done: Done): void {
  const command = program
    .command('train')
    .description('What can be learned from recorded candles, judged on what the learner had not seen');
  for (const [flag, help] of TRAIN_OPTIONS) command.option(flag, help);
  command.addHelpText('after', TRAIN_HELP).action(async (flags: TrainFlags) => {
    const { runTrainCommand } = await import('./run-train-command.js');
    done(await runTrainCommand(flags, context));
  });
}
