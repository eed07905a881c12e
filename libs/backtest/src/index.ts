export { type BacktestOptions, type BacktestResult, runBacktest, type SymbolFacts } from './backtest';
export type { CalibrationBin, CalibrationFigures } from '@slt/intelligence';
export { findRecordings, type Recording } from './market/recording-files';
export type { CandleSource, SeriesHoles } from './market/series-feed';
export type { TestedTrade } from './outcome';
export type { PortfolioListener } from './portfolio/portfolio';
export { backtestHtml } from './report/backtest-html';
export { type BacktestJson, backtestJson, type MetricName, type TradeJson } from './report/backtest-json';
