/** How busy the hours of a day are (UTC): Asia's morning, Europe's morning, New York's opening, quiet before dawn. */

const { abs, exp, floor, min, sqrt } = Math;

const MINUTES = 1440;

const table = Float64Array.from({ length: MINUTES }, (_, minute) => activityAt(minute));
const rootTable = table.map(sqrt);

function activityAt(minute: number): number {
  const hour = minute / 60;
  const hump = (centre: number, width: number): number => {
    const away = abs(hour - centre);
    const distance = min(away, 24 - away) / width;
    return exp(-distance * distance);
  };
  const base = 0.75 + 0.9 * hump(14.5, 2.4) + 0.35 * hump(8, 1.8) + 0.4 * hump(1, 1.6) - 0.3 * hump(5, 2);
  const onTheHour = minute % 60 === 0 ? 1.35 : minute % 15 === 0 ? 1.15 : 1;
  return base * onTheHour;
}

/** Shares of the usual turnover in the 60 minutes of an hour; about 1 over a day. @param hour since the epoch */
export function turnoverOfHour(hour: number, into: Float64Array): Float64Array {
  const weekday = (floor(hour / 24) + 4) % 7; // Sunday is 0
  const weekend = weekday === 0 || weekday === 6 ? 0.7 : 1;
  const first = (hour % 24) * 60;
  for (let i = 0; i < 60; i++) into[i] = table[first + i]! * weekend;
  return into;
}

/** Shares of the usual deviation of returns in the 60 minutes of an hour, as a view. @param hour since the epoch */
export function volatilityOfHour(hour: number): Float64Array {
  const first = (hour % 24) * 60;
  return rootTable.subarray(first, first + 60);
}
