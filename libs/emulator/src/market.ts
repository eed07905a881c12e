/** The market side of the emulator, for its wire side: the interface, its makers and the archive over it. */
export * from './archive';
export * from './core/generated-market';
export * from './core/market';
export { isMarketInterval } from './core/market-interval';
export * from './replay/replay-market';
