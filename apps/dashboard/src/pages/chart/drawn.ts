/** What stands on the chart besides the candles: each object with its place, and what it is to people. */

export const LAYERS = [
  { name: 'swings', title: 'Swings' },
  { name: 'structure', title: 'BOS and CHoCH' },
  { name: 'internal', title: 'Internal structure' },
  { name: 'blocks', title: 'Order blocks' },
  { name: 'gaps', title: 'Fair value gaps' },
  { name: 'liquidity', title: 'Liquidity and sweeps' },
  { name: 'range', title: 'Premium and discount' },
  { name: 'sessions', title: 'Sessions' },
  { name: 'trades', title: 'Trades' },
] as const;
export type Layer = (typeof LAYERS)[number]['name'];

/** Times are open times in ms; `to: null` reaches to the right edge. */
export type Shape =
  | {
      readonly kind: 'zone';
      readonly from: number;
      readonly to: number | null;
      readonly top: number;
      readonly bottom: number;
    }
  | { readonly kind: 'line'; readonly from: number; readonly to: number | null; readonly level: number }
  | { readonly kind: 'mark'; readonly at: number; readonly level: number; readonly isAbove: boolean };

export type Tone = 'up' | 'down' | 'plain' | 'accent';

export interface Drawn {
  readonly id: string;
  readonly layer: Layer;
  /** Short, beside it on the chart. */
  readonly label: string;
  /** What it is, in words. */
  readonly what: string;
  readonly state: string;
  readonly tone: Tone;
  /** It has had its effect: drawn faintly. */
  readonly isFaint: boolean;
  readonly shape: Shape;
  /** Open time of the candle that it is about. */
  readonly at: number;
  /** Open time of the candle whose close proved it: nobody knew it before. */
  readonly knownAt: number;
  /** Why it is there. */
  readonly why: string;
}
