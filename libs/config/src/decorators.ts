/** What settings have in common: how their text becomes a value, and what it may be. */
import { Transform } from 'class-transformer';
import { IsInt, IsNumber, IsOptional, IsUrl, Matches, Max, Min } from 'class-validator';
import { toBoolean, toList, toNumber } from './parse';

const Numeric = (): PropertyDecorator => Transform(({ value }) => toNumber(value));

/** Bounds are inclusive. */
export const Whole = (min: number, max?: number): PropertyDecorator =>
  all(Numeric(), IsInt(), Min(min), ...(max === undefined ? [] : [Max(max)]));
export const Amount = (min: number, max?: number): PropertyDecorator =>
  all(Numeric(), IsNumber(), Min(min), ...(max === undefined ? [] : [Max(max)]));

export const Flag = (): PropertyDecorator => Transform(({ value }) => toBoolean(value));
export const WebAddress = (): PropertyDecorator =>
  IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true });
export const List = (): PropertyDecorator => Transform(({ value }) => toList(value));

export const OptionalWebAddress = (): PropertyDecorator => all(IsOptional(), WebAddress());

/** Printable characters without spaces. */
export const OptionalSecret = (): PropertyDecorator =>
  all(
    IsOptional(),
    Matches(/^[\x21-\x7e]{16,}$/, {
      message: '$property must be at least 16 printable characters without spaces',
    }),
  );

function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, name) => {
    for (const decorate of decorators) decorate(target, name);
  };
}
