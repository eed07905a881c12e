/** The flags of `slt smc` that set the engine's options, and what stands in them as options. */
import type { SmcOptions } from '@slt/smc';
import { FlagProblems } from './flag-values';

interface OptionFlag {
  readonly option: Exclude<keyof SmcOptions, 'intervalMs'>;
  /** As commander takes it. */
  readonly flag: string;
  readonly help: string;
}

export const OPTION_FLAGS: readonly OptionFlag[] = [
  {
    option: 'swingSize',
    flag: '--swing <candles>',
    help: 'candles that confirm a swing pivot (default: 50)',
  },
  { option: 'internalSize', flag: '--internal <candles>', help: 'likewise an internal pivot (default: 5)' },
  { option: 'equalSize', flag: '--equal <candles>', help: 'likewise a pivot of equal levels (default: 3)' },
  {
    option: 'equalThreshold',
    flag: '--equal-threshold <atr>',
    help: 'levels are equal below this many ATR (default: 0.1)',
  },
  { option: 'atrLength', flag: '--atr <candles>', help: 'length of the ATR (default: 200)' },
  { option: 'gapAtrLength', flag: '--gap-atr <candles>', help: "the gap filter's own (default: 14)" },
  { option: 'gapFilter', flag: '--gap-filter <atr>', help: 'the smallest gap in ATR (default: 0, all gaps)' },
  {
    option: 'volatilityFactor',
    flag: '--volatility <atr>',
    help: 'a candle of this range is no order block (default: 2)',
  },
  {
    option: 'mitigation',
    flag: '--mitigation <price>',
    help: 'what breaks an order block, wick or close (default: wick)',
  },
  { option: 'blockLimit', flag: '--block-limit <count>', help: 'order blocks kept per scale (default: 100)' },
  { option: 'breakerLimit', flag: '--breaker-limit <count>', help: 'broken ones likewise (default: 100)' },
  { option: 'gapLimit', flag: '--gap-limit <count>', help: 'gaps kept (default: 500)' },
  { option: 'poolLimit', flag: '--pool-limit <count>', help: 'liquidity pools kept per side (default: 100)' },
];

/** As commander names them: --gap-atr is gapAtr. */
export type SmcFlags = Readonly<Record<string, string | undefined>>;

/** @throws UsageError for what is no number; whether the numbers will do is the engine's to say */
export function parseOptionFlags(flags: SmcFlags): Partial<SmcOptions> {
  const problems = new FlagProblems();
  const options: Record<string, unknown> = {};
  for (const { option, flag } of OPTION_FLAGS) {
    const text = flags[keyOf(flag)];
    if (text === undefined) continue;
    if (option === 'mitigation') options[option] = text;
    else if (/^-?\d+(\.\d+)?$/.test(text)) options[option] = Number(text);
    else problems.add(`${nameOf(flag)} "${text}" is no number`);
  }
  problems.check();
  return options;
}

/** The engine's words about its options, with our names for them. */
export function inFlags(problems: string): string[] {
  const named = OPTION_FLAGS.reduce(
    (text, { option, flag }) => text.replace(new RegExp(`(^|; )${option} is`), `$1${nameOf(flag)} is`),
    problems,
  );
  return named.split('; ');
}

function nameOf(flag: string): string {
  return flag.split(' ')[0]!;
}

function keyOf(flag: string): string {
  return nameOf(flag)
    .slice(2)
    .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
