/**
 * Client order ids: `slt-{role}-{digest of the intent's id}`. The same intent always has the same id, so that after a
 * crash an order can be asked for by what was journalled; the tag tells our orders from those placed by hand.
 */
import { AppError } from '@slt/domain';
import type { OrderRole } from './order';

/** Hexadecimal digest of a text, of at least 35 digits, such as SHA-256. */
export type Digest = (text: string) => string;

const LETTERS: Readonly<Record<OrderRole, string>> = { entry: 'e', stop: 's', target: 't', exit: 'x' };
const ROLES = new Map(Object.entries(LETTERS).map(([role, letter]) => [letter, role as OrderRole]));

/** 140 bits: a billion ids share one with a chance of 10^-24. One case only, should somebody ignore it. */
const HEX_DIGITS = 35;
const BASE36_DIGITS = 28; // 36^28 > 2^140
const PATTERN = /^slt-([estx])-[0-9a-z]{28}$/;

/** @returns 34 characters of `[a-z0-9-]` @throws AppError broken-invariant, `ORDER.WEAK_DIGEST` */
export function clientOrderIdOf(intent: { id: string; role: OrderRole }, digest: Digest): string {
  const hex = digest(intent.id).slice(0, HEX_DIGITS);
  if (!/^[0-9a-f]{35}$/i.test(hex)) {
    throw new AppError('broken-invariant', 'ORDER.WEAK_DIGEST', `"${hex}" is not 35 hexadecimal digits`);
  }
  const digits = BigInt(`0x${hex}`).toString(36).padStart(BASE36_DIGITS, '0');
  return `slt-${LETTERS[intent.role]}-${digits}`;
}

export const isOurs = (clientOrderId: string): boolean => PATTERN.test(clientOrderId);

/** Undefined: not one of ours. */
export function roleOf(clientOrderId: string): OrderRole | undefined {
  const letter = PATTERN.exec(clientOrderId)?.[1];
  return letter === undefined ? undefined : ROLES.get(letter);
}
