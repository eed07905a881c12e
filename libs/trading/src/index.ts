export * from './core/broker';
export * from './core/order';
export * from './core/position';
export * from './core/signal';
