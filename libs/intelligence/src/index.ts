export * from './core/calibration/calibration';
export * from './core/market-facts';
export * from './core/model';
export * from './core/sample';
