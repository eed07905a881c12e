/** JSON as the exchange writes it: ids beyond 2^53 are plain numbers, so big integers are written without quotes. */
import { stringify } from 'lossless-json';

/** @param value made of plain objects, lists, texts, numbers, booleans and big integers */
export function toJson(value: unknown): string {
  return stringify(value) ?? 'null';
}
