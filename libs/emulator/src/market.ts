/** The market side of the emulator, for its wire side: the interface and its makers. */
export * from './core/generated-market';
export * from './core/market';
export { isMarketInterval } from './core/market-interval';
