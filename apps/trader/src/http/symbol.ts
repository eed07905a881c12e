/** Symbols as callers send them: any text the exchange may list, never a path. */
import { Injectable, type PipeTransform } from '@nestjs/common';
import { AppError } from '@slt/domain';

export const MAX_SYMBOL_LENGTH = 64;

/**
 * No control or format characters, no blanks, no lone surrogates. A slash may stand between its parts (`1/2USDT`; our
 * files and the wire encode it), but nothing that a path would follow: no `..`, no empty part, no backslash.
 */
export const SYMBOL_PATTERN =
  /^(?=.{1,64}$)(?!\.+(?:\/|$))[^\p{C}\p{Z}/\\]+(?:\/(?!\.+(?:\/|$))[^\p{C}\p{Z}/\\]+)*$/u;

/** The symbol of a path. @throws AppError invalid, `SYMBOL.INVALID` */
@Injectable()
export class SymbolPipe implements PipeTransform<string, string> {
  transform(symbol: string): string {
    if (SYMBOL_PATTERN.test(symbol)) return symbol;
    throw new AppError('invalid', 'SYMBOL.INVALID', `${JSON.stringify(symbol.slice(0, 80))} is no symbol`);
  }
}
