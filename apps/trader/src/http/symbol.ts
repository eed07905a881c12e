/** Symbols as callers send them: any text the exchange may list, never a path. */
import { Injectable, type PipeTransform } from '@nestjs/common';
import { AppError } from '@slt/domain';

export const MAX_SYMBOL_LENGTH = 64;

/** No control or format characters, no separators of paths, no blanks, no lone surrogates. */
export const SYMBOL_PATTERN = /^(?!\.+$)[^\p{C}\p{Z}/\\]{1,64}$/u;

/** The symbol of a path. @throws AppError invalid, `SYMBOL.INVALID` */
@Injectable()
export class SymbolPipe implements PipeTransform<string, string> {
  transform(symbol: string): string {
    if (SYMBOL_PATTERN.test(symbol)) return symbol;
    throw new AppError('invalid', 'SYMBOL.INVALID', `${JSON.stringify(symbol.slice(0, 80))} is no symbol`);
  }
}
