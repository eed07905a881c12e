/** Reads a snapshot as the hostile text that it may be: what comes out is of the right type and within its bounds. */
import { AppError, type UtcMs } from '@slt/domain';
import { MAX_AMOUNT } from './limits';

/** The last candle that the snapshot has seen. */
export interface Present {
  readonly index: number;
  readonly openTime: UtcMs;
}

/** A price and its candle, written as `[level, at, atTime]`. */
export interface Mark {
  readonly level: number;
  readonly at: number;
  readonly atTime: UtcMs;
}

export interface ColumnRule {
  readonly length: number;
  /** Inclusive; 0 unless said. */
  readonly min?: number;
  /** Inclusive. */
  readonly max?: number;
  readonly isWhole?: boolean;
}

export class SnapshotReader {
  private constructor(
    private readonly fields: Readonly<Record<string, unknown>>,
    private readonly path: string,
    readonly present: Present,
  ) {}

  /** @throws AppError invalid `SMC.SNAPSHOT` */
  static of(value: unknown): SnapshotReader {
    return new SnapshotReader(asObject(value, 'the snapshot'), '', { index: -1, openTime: -1 });
  }

  /** @throws AppError invalid `SMC.SNAPSHOT` */
  fail(name: string, problem: string): never {
    throw new AppError('invalid', 'SMC.SNAPSHOT', `${this.path}${name} ${problem}`);
  }

  /** The same, with candles measured against the given last one. */
  at(present: Present): SnapshotReader {
    return new SnapshotReader(this.fields, this.path, present);
  }

  raw(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  part(name: string): SnapshotReader {
    const fields = asObject(this.raw(name), `${this.path}${name}`);
    return new SnapshotReader(fields, `${this.path}${name}.`, this.present);
  }

  optionalPart(name: string): SnapshotReader | null {
    return this.raw(name) === null ? null : this.part(name);
  }

  number(name: string, min = 0, max = MAX_AMOUNT): number {
    const value = this.raw(name);
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.fail(name, `is ${show(value)}, not a number ${min}…${max}`);
  }

  integer(name: string, min: number, max: number): number {
    const value = this.number(name, min, max);
    return Number.isInteger(value) ? value : this.fail(name, `is ${value}, not a whole number`);
  }

  oneOf<T extends string | boolean | null>(name: string, known: readonly T[]): T {
    const value = this.raw(name);
    const found = known.find((one) => one === value);
    return found === undefined ? this.fail(name, `is ${show(value)}, not one of ${known.join(', ')}`) : found;
  }

  column(name: string, rule: ColumnRule): readonly number[] {
    const { length, min = 0, max = MAX_AMOUNT, isWhole = false } = rule;
    const values = this.list(name);
    if (values.length !== length) this.fail(name, `has ${values.length} entries, not ${length}`);
    for (let i = 0; i < length; i++) {
      const value = values[i];
      const fits = typeof value === 'number' && value >= min && value <= max;
      if (!fits || (isWhole && !Number.isInteger(value))) {
        this.fail(`${name}[${i}]`, `is ${show(value)}, not a ${isWhole ? 'whole ' : ''}number ${min}…${max}`);
      }
    }
    return values as readonly number[];
  }

  /** A list of anything. */
  list(name: string): readonly unknown[] {
    const values = this.raw(name);
    return Array.isArray(values) ? values : this.fail(name, `is ${show(values)}, not a list`);
  }

  /** A price and its candle, neither later than the last candle. */
  mark(name: string): Mark {
    const [level, at, atTime] = this.column(name, { length: 3 });
    this.checkCandle(name, at!, atTime!);
    return { level: level!, at: at!, atTime: atTime! };
  }

  optionalMark(name: string): Mark | null {
    return this.raw(name) === null ? null : this.mark(name);
  }

  /** An index and an open time that can be those of one candle: each candle takes a millisecond at least. */
  checkCandle(name: string, at: number, atTime: UtcMs): void {
    const { index, openTime } = this.present;
    const age = index - at;
    const fits = Number.isInteger(at) && Number.isInteger(atTime) && at >= 0 && atTime >= at && age >= 0;
    if (!fits || openTime - atTime < age || (age === 0 && atTime !== openTime)) {
      this.fail(name, `is about candle ${at} at ${atTime}, with candle ${index} at ${openTime} as the last`);
    }
  }
}

function asObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new AppError('invalid', 'SMC.SNAPSHOT', `${path} is ${show(value)}, not an object`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
