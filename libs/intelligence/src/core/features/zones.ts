/** The nearest of many zones or levels on either side of the price, seen in the direction of a signal. */

/** Prices of a short are told with their sign changed: what lies behind is below, what lies ahead is above. */
export interface Nearest {
  /** From the price to the near edge; 0 within the zone, Infinity where there is none. */
  readonly distance: number;
  /** Of that zone; 0 where there is none. */
  readonly weight: number;
}

export interface NearestPair {
  readonly behind: Nearest;
  readonly ahead: Nearest;
}

export class NearestZones implements NearestPair {
  private readonly price: number;
  readonly behind = { distance: Infinity, weight: 0 };
  readonly ahead = { distance: Infinity, weight: 0 };

  constructor(
    price: number,
    private readonly sign: 1 | -1,
  ) {
    this.price = sign * price;
  }

  /**
   * @param holdsBelow it is expected to turn a falling price (demand), else a rising one (supply)
   * @param weight decides between zones of the same distance
   */
  take(top: number, bottom: number, holdsBelow: boolean, weight: number): void {
    const { price } = this;
    const isLong = this.sign === 1;
    const upper = isLong ? top : -bottom;
    const lower = isLong ? bottom : -top;
    // Wholly on the other side of the price it turns nothing any more.
    if (holdsBelow === isLong) {
      if (lower <= price) keepNearer(this.behind, Math.max(0, price - upper), weight);
    } else if (upper >= price) keepNearer(this.ahead, Math.max(0, lower - price), weight);
  }
}

function keepNearer(best: { distance: number; weight: number }, distance: number, weight: number): void {
  if (distance > best.distance || (distance === best.distance && weight <= best.weight)) return;
  best.distance = distance;
  best.weight = weight;
}
