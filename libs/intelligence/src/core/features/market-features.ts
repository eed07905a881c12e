/** What the market does: hours, volume, volatility, momentum, the leader's way, and what trading costs. */
import type { SessionName } from '@slt/smc';
import type { Feature } from './feature';
import { changeOver, closeSpread, type Frame, meanTrueRange, relativeVolume, rsiBalance } from './frame';
import type { Situation } from './situation';

const KILL_ZONES: readonly SessionName[] = ['asian-kill-zone', 'london-kill-zone', 'new-york-kill-zone'];
const BASIS_POINTS = 10_000;
const VOLUME_CANDLES = 20;
const FAST_CANDLES = 14;
const RSI_LENGTH = 14;
const SPREAD_CANDLES = 60;

export const MARKET_FEATURES: readonly Feature[] = [
  {
    name: 'session',
    unit: 'share',
    min: 0,
    max: 1,
    sentence: 'How many of the sessions of London and New York are on: 0, 0.5 or 1.',
    measure: (situation) => (Number(isOn(situation, 'london')) + Number(isOn(situation, 'new-york'))) / 2,
  },
  {
    name: 'killZone',
    unit: '0 or 1',
    min: 0,
    max: 1,
    sentence: '1 within a kill zone of Asia, London or New York.',
    measure: (situation) => Number(KILL_ZONES.some((name) => isOn(situation, name))),
  },
  {
    name: 'relativeVolume',
    unit: 'log2',
    min: -4,
    max: 4,
    sentence: `Volume of the signal's candle against the mean of the ${VOLUME_CANDLES} before it, 1 being twice as much; not known where those had none.`,
    measure: ({ frame }) => (frame === undefined ? NaN : Math.log2(relativeVolume(frame, VOLUME_CANDLES))),
  },
  {
    name: 'volatility',
    unit: 'log2',
    min: -3,
    max: 3,
    sentence: `Regime: mean true range of the last ${FAST_CANDLES} candles against the ATR, 1 being twice as much.`,
    measure: ({ frame, unit }) =>
      frame === undefined ? NaN : Math.log2(meanTrueRange(frame, FAST_CANDLES) / unit),
  },
  {
    name: 'atrShare',
    unit: 'log2 bp',
    min: -4,
    max: 10,
    sentence: 'ATR as share of the price: 0 at one basis point, 3 at eight.',
    measure: ({ unit, input }) => Math.log2((BASIS_POINTS * unit) / input.entry),
  },
  {
    name: 'rsi',
    unit: 'share',
    min: -1,
    max: 1,
    sentence: `RSI(${RSI_LENGTH}) of the window ÷ 50 − 1, positive with the signal; 0 where nothing moved.`,
    measure: ({ sign, frame }) => (frame === undefined ? NaN : sign * rsiBalance(frame, RSI_LENGTH)),
  },
  ...[5, 20, 100].map((candles): Feature => ({
    name: `momentum${candles}`,
    unit: 'ATR ÷ √candles',
    min: -4,
    max: 4,
    sentence: `Change of the close over ${candles} candles ÷ √${candles}, positive with the signal.`,
    measure: ({ sign, frame, unit }) => sign * momentum(frame, unit, candles),
  })),
  ...[20, 100].map((candles): Feature => ({
    name: `leaderMomentum${candles}`,
    unit: 'ATR ÷ √candles',
    min: -4,
    max: 4,
    sentence: `The same over ${candles} candles of the symbol that leads the market (BTCUSDT), in its own ATR, up to the candle before the signal's; not known where that one is missing.`,
    measure: ({ sign, leader }) => sign * momentum(leader.frame, leader.unit, candles),
  })),
  {
    name: 'spread',
    unit: 'R',
    min: 0,
    max: 1,
    sentence: `Spread estimated from the closes and mid-ranges of ${SPREAD_CANDLES} candles (Abdi and Ranaldo 2017); 0 where the estimate is negative.`,
    measure: ({ frame, unit, risk }) =>
      frame === undefined ? NaN : (closeSpread(frame, unit, SPREAD_CANDLES) * unit) / risk,
  },
  {
    name: 'tickR',
    unit: 'R',
    min: 0,
    max: 0.5,
    sentence: "The price step, below which no spread can be; not known without the symbol's filters.",
    measure: ({ facts, input, risk }) => (facts.tickSize(input.symbol) ?? NaN) / risk,
  },
  {
    name: 'tickShare',
    unit: 'bp',
    min: 0,
    max: 20,
    sentence: "The price step in basis points of the price; not known without the symbol's filters.",
    measure: ({ facts, input }) => (BASIS_POINTS * (facts.tickSize(input.symbol) ?? NaN)) / input.entry,
  },
  {
    name: 'funding',
    unit: 'bp',
    min: -20,
    max: 20,
    sentence:
      "The last settled funding rate: positive where the signal's side pays; not known before there was one.",
    measure: ({ sign, facts, input }) => sign * BASIS_POINTS * (facts.fundingRate(input.symbol) ?? NaN),
  },
];

const isOn = ({ input }: Situation, name: SessionName): boolean => input.view.sessions[name].current !== null;

/** A random walk's is the same over any number of candles. */
function momentum(frame: Frame | undefined, unit: number, candles: number): number {
  return frame === undefined ? NaN : changeOver(frame, candles) / (unit * Math.sqrt(candles));
}
