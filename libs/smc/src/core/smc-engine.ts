/**
 * The Smart Money Concepts engine: one symbol, one interval, one closed candle at a time. Definitions: docs/smc.md.
 */
import { AppError, type Candle, type CandleColumns } from '@slt/domain';
import type { SmcEvent } from './smc-event';
import { completeOptions, type SmcOptions } from './smc-options';
import type { SmcSnapshot } from './smc-snapshot';
import type { SmcView } from './smc-view';

export class SmcEngine {
  readonly options: SmcOptions;

  /** @throws AppError invalid `SMC.OPTIONS`, every problem in one message */
  constructor(options: Partial<SmcOptions> = {}) {
    this.options = completeOptions(options);
  }

  /** @throws AppError invalid `SMC.SNAPSHOT` */
  static restore(_snapshot: unknown): SmcEngine {
    throw notYet();
  }

  /** @throws AppError invalid `SMC.CANDLE`; the state is then untouched */
  step(_candle: Candle): readonly SmcEvent[] {
    throw notYet();
  }

  /** @throws AppError invalid `SMC.CANDLE`; no candle is then taken */
  warmUp(_columns: CandleColumns, _onEvent?: (event: SmcEvent) => void): void {
    throw notYet();
  }

  snapshot(): SmcSnapshot {
    throw notYet();
  }

  view(): SmcView {
    throw notYet();
  }
}

function notYet(): AppError {
  return new AppError('broken-invariant', 'SMC.UNFINISHED', 'the engine is being written');
}
