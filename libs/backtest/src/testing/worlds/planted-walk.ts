/**
 * A symbol whose walk knows what the product sees in it: its own SMC engine and set-ups run along while candles are
 * made. Between signals the walk is free. A signal has the candles up to its end to itself: no other arises in them, so
 * that the outcome of each is its own. How it ends is drawn first – for the planted set-up by the plant, for the others
 * as the free walk would have ended – and then the walk is led there.
 */
import { type Candle, type UtcMs } from '@slt/domain';
import { type Setup, type Signal, signOf } from '@slt/trading';
import { Course, type Ending, freeEnding } from './course';
import type { Dice } from './dice';
import { Eye, type EyeState, type Glimpse } from './eye';
import type { Drawn, PriceWalk, WalkState } from './price-walk';

export interface Plant {
  readonly setup: Setup;
  /** That a signal told then is up by 2 R before it is down by 1; 1/3 is none. What follows is free. */
  readonly chanceAt: (instant: UtcMs) => number;
}

/** What was decided about a signal. */
export interface Fate {
  readonly signal: Signal;
  readonly ending: Ending;
  readonly isPlanted: boolean;
  /** Another signal arose in its candles after all, or the structure turned: redrawing them did not help. */
  readonly isSpoiled: boolean;
}

interface Checkpoint {
  readonly length: number;
  readonly walked: WalkState;
  readonly eye: EyeState;
}

/** Candles that are redrawn together. */
const STRETCH = 8;
/** Where a zone waits to be left, every candle that leaves it is a signal: then it is given up. */
const MOST_REDRAWS = 10;
/** Minutes within which a signal ends; the second is not included. */
const DEADLINE = [15, 90] as const;

export class PlantedWalk {
  readonly candles: Candle[] = [];
  readonly fates: Fate[] = [];
  private walked: WalkState;
  private eye: Eye;

  constructor(
    private readonly walk: PriceWalk,
    private readonly plant: Plant,
    private readonly dice: Dice,
    private readonly minutes: number,
  ) {
    this.walked = walk.first;
    this.eye = Eye.open(walk.facts.symbol);
  }

  grow(): this {
    while (this.candles.length < this.minutes) {
      const signal = this.wander();
      if (signal !== undefined) this.follow(signal);
    }
    return this;
  }

  /** Free candles up to one with a single signal; of two at once neither's outcome would be its own. */
  private wander(): Signal | undefined {
    const start = this.checkpoint();
    let redraws = 0;
    while (this.candles.length < this.minutes) {
      const { signals } = this.take(this.walk.draw(this.walked, this.candles.length, this.dice));
      if (signals.length === 1) return signals[0]!;
      if (signals.length > 1 && redraws++ < MOST_REDRAWS) this.rollBack(start);
    }
    return undefined;
  }

  private follow(signal: Signal): void {
    const { dice, walk, walked, minutes } = this;
    const since = this.candles.length;
    const isPlanted = signal.setup === this.plant.setup;
    const ending = isPlanted
      ? this.plantedEnding(signal)
      : freeEnding(signal, walk, { state: walked, minute: since, minutes }, dice);
    const deadline = Math.floor(dice.between(...DEADLINE));
    const course = new Course(signal, ending, deadline, walk.tick);
    let isSpoiled = false;
    let isOver = false;
    while (!isOver && this.candles.length < minutes) {
      const stretch = this.stretch(course, since, (glimpse) => isForeign(glimpse, signal, course));
      isSpoiled ||= stretch.isSpoiled;
      isOver = stretch.isOver;
    }
    // Cut off by the end of the market, it has no outcome.
    if (isOver) this.fates.push({ signal, ending, isPlanted, isSpoiled });
  }

  /** Reaching 2 R by the plant's chance, and free from there: a target at T is then met in 3 of 1 + T cases. */
  private plantedEnding({ at, entry, stop, target }: Signal): Ending {
    const reward = (target - entry) / (entry - stop);
    const chance = (this.plant.chanceAt(at) * 3) / (1 + reward);
    return this.dice.uniform() < chance ? 'target' : 'stop';
  }

  /** Some candles of a course, redrawn until nothing foreign is in them. */
  private stretch(course: Course, since: number, isForeignTo: (glimpse: Glimpse) => boolean) {
    const start = this.checkpoint();
    for (let redraws = 0; ; redraws++) {
      const isLast = redraws === MOST_REDRAWS;
      let isSpoiled = false;
      let isOver = false;
      while (!isOver && this.candles.length < Math.min(start.length + STRETCH, this.minutes)) {
        const drawn = this.led(course, this.candles.length - since);
        isSpoiled = isForeignTo(this.take(drawn)) || isSpoiled;
        if (isSpoiled && !isLast) break;
        isOver = course.endsWith(drawn.candle, this.candles.length - since);
      }
      if (!isSpoiled || isLast) return { isSpoiled, isOver };
      this.rollBack(start);
    }
  }

  private led(course: Course, minutes: number): Drawn {
    const pull = course.pullAfter(minutes);
    for (let redraws = 0; ; redraws++) {
      const drawn = this.walk.draw(this.walked, this.candles.length, this.dice, pull);
      if (redraws === MOST_REDRAWS || course.allows(drawn.candle)) return drawn;
    }
  }

  private take({ candle, state }: Drawn): Glimpse {
    this.candles.push(candle);
    this.walked = state;
    return this.eye.see(candle);
  }

  private checkpoint(): Checkpoint {
    return { length: this.candles.length, walked: this.walked, eye: this.eye.state };
  }

  private rollBack({ length, walked, eye }: Checkpoint): void {
    this.candles.length = length;
    this.walked = walked;
    this.eye = Eye.from(this.walk.facts.symbol, eye);
  }
}

/** Another signal; or, on the way to a target, a turn of the swing at which a position would be closed. */
function isForeign({ signals, events }: Glimpse, { direction }: Signal, { ending }: Course): boolean {
  if (signals.length > 0) return true;
  if (ending !== 'target') return false;
  const against = signOf(direction) > 0 ? 'bearish' : 'bullish';
  return events.some(
    (event) =>
      (event.kind === 'bos' || event.kind === 'choch') &&
      event.scale === 'swing' &&
      event.direction === against,
  );
}
