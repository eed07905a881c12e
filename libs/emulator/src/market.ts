/** The market side of the emulator, for its wire side: the interface and its two makers. */
export * from './core/market';
