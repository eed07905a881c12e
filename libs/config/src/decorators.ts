/** What settings have in common: how their text becomes a value, and what it may be. */
import { Transform } from 'class-transformer';
import { IsOptional, IsUrl, Matches } from 'class-validator';
import { toBoolean, toList, toNumber } from './parse';

export const Numeric = (): PropertyDecorator => Transform(({ value }) => toNumber(value));
export const Flag = (): PropertyDecorator => Transform(({ value }) => toBoolean(value));
export const WebAddress = (): PropertyDecorator =>
  IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true });
export const List = (): PropertyDecorator => Transform(({ value }) => toList(value));

export const OptionalWebAddress = (): PropertyDecorator => both(IsOptional(), WebAddress());

/** Printable characters without spaces. */
export const OptionalSecret = (): PropertyDecorator =>
  both(
    IsOptional(),
    Matches(/^[\x21-\x7e]{16,}$/, {
      message: '$property must be at least 16 printable characters without spaces',
    }),
  );

function both(one: PropertyDecorator, other: PropertyDecorator): PropertyDecorator {
  return (target, name) => {
    one(target, name);
    other(target, name);
  };
}
