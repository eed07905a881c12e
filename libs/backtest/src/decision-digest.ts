/** One hash over all signals with what was decided about them, and all trades, in the order they came. */
import { createHash, type Hash } from 'node:crypto';
import type { Decision, Refusal, Signal, Trade } from '@slt/trading';

const FLUSH_CHARACTERS = 1 << 16;

export class DecisionDigest {
  private readonly hash: Hash = createHash('sha256');
  private lines = '';

  decided({ id, entry, stop, target, confidence }: Signal, { decision, reasons }: Decision): void {
    this.add(`signal ${id} ${entry} ${stop} ${target} ${confidence} ${decision} ${reasons.join(',')}`);
  }

  retracted(signalId: string, reason: Refusal): void {
    this.add(`retracted ${signalId} ${reason}`);
  }

  traded(trade: Trade): void {
    const { positionId, quantity, entryTime, entryPrice, exitTime, exitPrice, exitReason, netPnl } = trade;
    const { fees, funding } = trade;
    this.add(
      `trade ${positionId} ${quantity} ${entryTime} ${entryPrice} ${exitTime} ${exitPrice} ${exitReason} ${fees} ${funding} ${netPnl}`,
    );
  }

  /** Hexadecimal; once, at the end. */
  finish(): string {
    this.flush();
    return this.hash.digest('hex');
  }

  private add(line: string): void {
    this.lines += `${line}\n`;
    if (this.lines.length >= FLUSH_CHARACTERS) this.flush();
  }

  private flush(): void {
    this.hash.update(this.lines);
    this.lines = '';
  }
}
