/** Injects the exchange's time as `Clock` of @slt/domain. */
export const CLOCK: unique symbol = Symbol('CLOCK');

/** Injects MarketStreamsOptions; absent: the defaults. */
export const STREAM_OPTIONS: unique symbol = Symbol('STREAM_OPTIONS');
