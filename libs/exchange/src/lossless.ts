import { parse } from 'lossless-json';

const WHOLE = /^-?\d+$/;

/**
 * JSON without lost digits: whole numbers that a double holds exactly are numbers, all others stay the text that came.
 * Order ids of some symbols exceed 2^53. @throws SyntaxError
 */
export function parseLossless(text: string): unknown {
  return parse(text, null, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
}

function parseNumber(text: string): number | string {
  const value = Number(text);
  return WHOLE.test(text) && Number.isSafeInteger(value) ? value : text;
}
