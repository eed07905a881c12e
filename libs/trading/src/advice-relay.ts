/**
 * Tells the advisor what happens, where there is one. An error of its own ends trading in order: it reaches neither what
 * is being booked nor what is being protected.
 */
import { type AppError, type Candle, type Interval, toAppError } from '@slt/domain';
import type { Advisor } from './core/advice';
import { type Scorer, scoreByParts } from './core/confidence';
import type { Trade } from './core/position';
import type { Decision, Refusal, Signal } from './core/signal';

export class AdviceRelay {
  /** Undefined: nobody learns, and the heuristic decides. */
  readonly scorer: Scorer | undefined;

  /** @param failed trades no more from here on */
  constructor(
    private readonly advisor: Advisor | undefined,
    private readonly failed: (error: AppError) => void,
  ) {
    if (advisor === undefined) return;
    // What the heuristic says then is shown, not traded.
    this.scorer = (input) => this.guarded(() => advisor.score(input)) ?? scoreByParts(input);
  }

  onCandle(symbol: string, interval: Interval, candle: Candle): void {
    const { advisor } = this;
    if (advisor === undefined) return;
    try {
      advisor.onCandle(symbol, interval, candle);
    } catch (error) {
      this.failed(toAppError(error, 'TRADING.ADVICE'));
    }
  }

  decided(signal: Signal, decision: Decision): void {
    this.guarded(() => this.advisor?.decided(signal, decision));
  }

  retracted(signalId: string, reason: Refusal): void {
    this.guarded(() => this.advisor?.retracted(signalId, reason));
  }

  traded(trade: Trade): void {
    this.guarded(() => this.advisor?.traded(trade));
  }

  private guarded<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.failed(toAppError(error, 'TRADING.ADVICE'));
      return undefined;
    }
  }
}
