/** Reading a snapshot field by field: what is not as it was written is refused, never mended. */
import { AppError } from '@slt/domain';
import { type Exact, exact } from '../decimal';

type Json = Readonly<Record<string, unknown>>;

const DECIMAL = /^-?\d+(?:\.\d+)?$/;

export function badSnapshot(path: string, what: string): AppError {
  return new AppError('broken-invariant', 'PAPER.BAD_SNAPSHOT', `${path} of the snapshot is ${what}`);
}

/** A part of the snapshot that knows where it stands. @throws AppError broken-invariant, `PAPER.BAD_SNAPSHOT` */
export class Fields {
  private readonly values: Json;

  constructor(
    value: unknown,
    private readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw badSnapshot(path, 'no object');
    this.values = value as Json;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  fields(name: string): Fields {
    return new Fields(this.values[name], this.at(name));
  }

  list<T>(name: string, read: (fields: Fields) => T): T[] {
    const value = this.values[name];
    if (!Array.isArray(value)) throw badSnapshot(this.at(name), 'no list');
    return value.map((item, i) => read(new Fields(item, `${this.at(name)}[${i}]`)));
  }

  text(name: string): string {
    const value = this.values[name];
    if (typeof value !== 'string' || value === '') throw badSnapshot(this.at(name), 'no text');
    return value;
  }

  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.text(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw badSnapshot(this.at(name), `"${value}"`);
    return found;
  }

  flag(name: string): boolean {
    const value = this.values[name];
    if (typeof value !== 'boolean') throw badSnapshot(this.at(name), 'neither true nor false');
    return value;
  }

  decimal(name: string): string {
    const value = this.text(name);
    if (!DECIMAL.test(value)) throw badSnapshot(this.at(name), `"${value}", no decimal`);
    return value;
  }

  exact(name: string): Exact {
    return exact(this.decimal(name));
  }

  number(name: string): number {
    const value = this.values[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw badSnapshot(this.at(name), 'no number');
    return value;
  }

  optionalNumber(name: string): number | undefined {
    return this.has(name) ? this.number(name) : undefined;
  }

  /** Not negative. */
  count(name: string): number {
    const value = this.number(name);
    if (!Number.isSafeInteger(value) || value < 0) throw badSnapshot(this.at(name), `${value}, no count`);
    return value;
  }

  private at(name: string): string {
    return `${this.path}.${name}`;
  }
}
