/** `slt smc`: Smart Money Concepts in a file of candles, one JSON event a line, in the order they became known. */
import { type Interval, isAppError } from '@slt/domain';
import { type CandleBatch, decideInterval, readCandleFile } from '@slt/integrity';
import { SmcEngine, type SmcOptions } from '@slt/smc';
import type { CommandContext } from './context';
import { EXIT, type ExitCode, UsageError } from './exit';
import { parseInterval } from './flag-values';
import { type LineSink, openSink } from './line-sink';
import { inFlags, parseOptionFlags, type SmcFlags } from './smc-flags';
import { SmcRun } from './smc-run';

interface Request {
  readonly file: string;
  readonly interval: Interval | undefined;
  readonly options: Partial<SmcOptions>;
}

/** @throws UsageError; AppError for a file that is not as it should be */
export async function runSmc(file: string, flags: SmcFlags, context: CommandContext): Promise<ExitCode> {
  const { interval } = flags;
  const request = {
    file,
    interval: interval === undefined ? undefined : parseInterval(interval),
    options: optionsOf(flags),
  };
  const sink = await openSink(flags['out'], file, context.terminal);
  try {
    const run = await detect(request, sink, context.signal);
    if (run === undefined) return EXIT.whole; // whoever read it has enough
    await sink.commit();
    for (const line of run.summary()) context.terminal.say(`slt: ${line}`);
    return EXIT.whole;
  } catch (error) {
    if (isAppError(error, 'CANDLES.NO_FILE')) throw new UsageError([error.message]);
    throw error;
  } finally {
    await sink.discard();
  }
}

function optionsOf(flags: SmcFlags): Partial<SmcOptions> {
  const options = parseOptionFlags(flags);
  try {
    return new SmcEngine(options).options;
  } catch (error) {
    if (isAppError(error, 'SMC.OPTIONS')) throw new UsageError(inFlags(error.message));
    throw error;
  }
}

/** @returns undefined when nobody reads any more */
async function detect(request: Request, sink: LineSink, signal: AbortSignal): Promise<SmcRun | undefined> {
  let run: SmcRun | undefined;
  for await (const batch of readCandleFile(request.file, { signal })) {
    run ??= new SmcRun(request.file, intervalOf(request, batch), request.options);
    if (!(await sink.write(run.take(batch)))) return undefined;
    signal.throwIfAborted();
  }
  return run;
}

function intervalOf({ file, interval }: Request, { columns }: CandleBatch): Interval {
  const answer = decideInterval(columns.openTime, interval);
  switch (answer.kind) {
    case 'interval':
      return answer.interval;
    case 'unknown':
      throw new UsageError([`${file}: ${answer.problem}; say which with --interval`]);
    case 'contradiction':
      throw new UsageError([`${file}: ${answer.problem} as --interval says`]);
  }
}
