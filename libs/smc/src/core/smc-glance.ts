/**
 * The present state for who asks for little of it: each part is made when it is asked for, once. Most of a view are zones
 * that a decision does not look at, and there is a decision to be made every few dozen candles.
 */
import type { SmcView, ZoneSketches } from './smc-view';

/** Makes each part as it is now. */
type ViewPart = Exclude<keyof SmcView, 'nearestLiquidity' | 'sketches'>;
export type ViewMakers = { readonly [Part in ViewPart]: () => SmcView[Part] };

export class SmcGlance implements SmcView {
  private readonly made: { -readonly [Part in ViewPart]?: SmcView[Part] } = {};

  constructor(
    private readonly makers: ViewMakers,
    readonly nearestLiquidity: NonNullable<SmcView['nearestLiquidity']>,
    readonly sketches: ZoneSketches,
  ) {}

  get candles(): SmcView['candles'] {
    return this.makers.candles();
  }

  get lastOpenTime(): SmcView['lastOpenTime'] {
    return this.makers.lastOpenTime();
  }

  get atr(): SmcView['atr'] {
    return this.makers.atr();
  }

  get structure(): SmcView['structure'] {
    return (this.made.structure ??= this.makers.structure());
  }

  get orderBlocks(): SmcView['orderBlocks'] {
    return (this.made.orderBlocks ??= this.makers.orderBlocks());
  }

  get gaps(): SmcView['gaps'] {
    return (this.made.gaps ??= this.makers.gaps());
  }

  get liquidity(): SmcView['liquidity'] {
    return (this.made.liquidity ??= this.makers.liquidity());
  }

  get dealingRange(): SmcView['dealingRange'] {
    return this.makers.dealingRange();
  }

  get periods(): SmcView['periods'] {
    return (this.made.periods ??= this.makers.periods());
  }

  get sessions(): SmcView['sessions'] {
    return (this.made.sessions ??= this.makers.sessions());
  }
}
