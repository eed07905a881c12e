/** The product's own SMC engine and set-ups over the candles that are being made; it can be split to look ahead. */
import { type Candle, type Interval, intervalMs } from '@slt/domain';
import { SmcEngine, type SmcEvent, type SmcSnapshot } from '@slt/smc';
import { type Scorer, SetupEngine, type SetupStep, type Signal } from '@slt/trading';

export const INTERVAL: Interval = '1m';

/** Whether a signal exists never depends on how sure it is. */
const ANY: Scorer = () => ({ confidence: 0, parts: {} });

export interface EyeState {
  readonly smc: SmcSnapshot;
  readonly steps: readonly SetupStep[];
}

export interface Glimpse {
  readonly signals: readonly Signal[];
  readonly events: readonly SmcEvent[];
}

export class Eye {
  private readonly setups: SetupEngine;
  private steps: SetupStep[] = [];

  private constructor(
    private readonly symbol: string,
    private readonly smc: SmcEngine,
  ) {
    this.setups = new SetupEngine({ symbol, interval: INTERVAL, scorer: ANY });
  }

  static open(symbol: string): Eye {
    return new Eye(symbol, new SmcEngine({ intervalMs: intervalMs(INTERVAL) }));
  }

  /** Sees on as the eye would have from whose `state` it is made. */
  static from(symbol: string, state: EyeState): Eye {
    const eye = new Eye(symbol, SmcEngine.restore(state.smc));
    eye.setups.warmUp(state.steps);
    eye.steps = [...state.steps];
    return eye;
  }

  get state(): EyeState {
    return { smc: this.smc.snapshot(), steps: [...this.steps] };
  }

  see(candle: Candle): Glimpse {
    const events = this.smc.step(candle);
    this.steps.push({ candle, events });
    if (this.steps.length > this.setups.memory) this.steps.shift();
    const signals = this.setups.onCandle(candle, events, { view: () => this.smc.glance() });
    return { signals, events };
  }
}
