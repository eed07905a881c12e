/** Reading a learner's snapshot field by field: what is not as it was written is refused, never mended. */
import { AppError } from '@slt/domain';

export function badState(path: string, what: string): AppError {
  return new AppError('invalid', 'MODEL.BAD_STATE', `${path} is ${what}`);
}

/** Both inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** A part of a snapshot that knows where it stands. All methods throw AppError invalid, `MODEL.BAD_STATE`. */
export class StateFields {
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(
    value: unknown,
    private readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw badState(path, 'no object');
    this.values = value as Readonly<Record<string, unknown>>;
  }

  /** @param known the version that can be read */
  version(known: number): void {
    if (this.values['version'] !== known) throw badState(this.at('version'), `not ${known}`);
  }

  raw(name: string): unknown {
    return this.values[name];
  }

  fields(name: string): StateFields {
    return new StateFields(this.values[name], this.at(name));
  }

  list<T>(name: string, read: (fields: StateFields) => T): T[] {
    return this.array(name).map((item, i) => read(new StateFields(item, `${this.at(name)}[${i}]`)));
  }

  text(name: string): string {
    const value = this.values[name];
    if (typeof value !== 'string' || value === '') throw badState(this.at(name), 'no text');
    return value;
  }

  flag(name: string): boolean {
    const value = this.values[name];
    if (typeof value !== 'boolean') throw badState(this.at(name), 'neither true nor false');
    return value;
  }

  numberOrNull(name: string): number | null {
    return this.values[name] === null ? null : this.number(name);
  }

  texts(name: string): string[] {
    return this.array(name).map((item, i) => {
      if (typeof item !== 'string') throw badState(`${this.at(name)}[${i}]`, 'no text');
      return item;
    });
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.values[name]);
    if (found === undefined) throw badState(this.at(name), `none of ${choices.join(', ')}`);
    return found;
  }

  number(name: string, bounds: Bounds = {}): number {
    return checked(this.values[name], this.at(name), bounds);
  }

  /** Not negative. */
  count(name: string): number {
    const value = this.number(name, { min: 0 });
    if (!Number.isSafeInteger(value)) throw badState(this.at(name), `${value}, no count`);
    return value;
  }

  /** @param length undefined: any */
  numbers(name: string, length: number | undefined, bounds: Bounds = {}): Float64Array {
    const items = this.array(name);
    if (length !== undefined && items.length !== length) {
      throw badState(this.at(name), `of length ${items.length}, not ${length}`);
    }
    return Float64Array.from(items, (item, i) => checked(item, `${this.at(name)}[${i}]`, bounds));
  }

  /** null stands for NaN, which JSON does not know. */
  numbersOrNaN(name: string): number[] {
    return this.array(name).map((item, i) =>
      item === null ? NaN : checked(item, `${this.at(name)}[${i}]`, {}),
    );
  }

  at(name: string): string {
    return `${this.path}.${name}`;
  }

  private array(name: string): readonly unknown[] {
    const value = this.values[name];
    if (!Array.isArray(value)) throw badState(this.at(name), 'no list');
    return value;
  }
}

function checked(value: unknown, path: string, { min = -Infinity, max = Infinity }: Bounds): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badState(path, 'no number');
  if (value < min || value > max) throw badState(path, `${value}, beyond [${min}, ${max}]`);
  return value;
}

/** For JSON, which knows no −0: a snapshot is the same before and after it was written. */
export const plainNumbers = (values: Float64Array): number[] => Array.from(values, (value) => value + 0);
