/** Ids of one account: unique, ascending, and of the sizes that the real ones have (reference A10). */
import type { UtcMs } from '@slt/domain';
import { hashText, mix, uniformAt } from '../hash';
import { firstTradeId } from '../market';

export type LongOrderIds = 'some' | 'all' | 'none';

const LONG_ID_START = 8_389_765_000_000_000_000n;
const LONG_SHARE = 0.2;
const ALGO_ID_START = 1_000_000_000_000_000n;
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnopqrstuvwxyz0123456789';

export class IdMaker {
  private shortId: bigint;
  private longId: bigint;
  private nextAlgoId: bigint;
  private tranId: number;
  private made = 0;
  private readonly lastTradeIds = new Map<string, number>();

  constructor(
    private readonly seed: number,
    private readonly longIds: LongOrderIds,
  ) {
    const place = BigInt(mix(seed, 1) >>> 0);
    this.shortId = 20_000_000_000n + place * 10n;
    this.longId = LONG_ID_START + place * 100_000_000n;
    this.nextAlgoId = ALGO_ID_START + place;
    this.tranId = 9_000_000_000 + (mix(seed, 2) >>> 0);
  }

  /** Not the same for any two orders of the account. */
  orderId(symbol: string): bigint {
    const step = 1n + BigInt(mix(mix(this.seed, 3), ++this.made) & 0x3ff);
    if (this.isLong(symbol)) return (this.longId += step);
    return (this.shortId += step);
  }

  algoId(): bigint {
    return (this.nextAlgoId += 1n + BigInt(mix(mix(this.seed, 4), ++this.made) & 0x3f));
  }

  clientId(): string {
    let hash = mix(mix(this.seed, 5), ++this.made);
    let text = '';
    for (let i = 0; i < 12; i++) {
      hash = mix(hash, i);
      text += ALPHABET[(hash >>> 0) % ALPHABET.length]!;
    }
    return `${text}${this.made.toString(36).padStart(10, '0')}`;
  }

  transactionId(): number {
    return ++this.tranId;
  }

  /** Digits after `autoclose-`. */
  forcedId(now: UtcMs): string {
    return `${now}${String(++this.made).padStart(6, '0')}`;
  }

  /** In the range of the market's trades of that moment; ascending within the symbol. */
  tradeId(symbol: string, now: UtcMs): number {
    const earliest = firstTradeId(now) + (now % 60_000) * 16;
    const id = Math.max(earliest, (this.lastTradeIds.get(symbol) ?? 0) + 1);
    this.lastTradeIds.set(symbol, id);
    return id;
  }

  private isLong(symbol: string): boolean {
    if (this.longIds !== 'some') return this.longIds === 'all';
    return symbol === 'ETHUSDT' || uniformAt(hashText(symbol, 17), 1) < LONG_SHARE;
  }
}
