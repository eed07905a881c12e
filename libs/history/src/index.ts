export {
  type ArchiveReport,
  type ArchiveRequest,
  ArchiveSync,
  type ArchiveSyncOptions,
  type SymbolReport,
} from './archive-sync';
export { HistoryModule } from './history.module';
export { HistoryService, type QueueHealth } from './history.service';
export { DEFAULT_SETTINGS, HISTORY_SETTINGS, type HistorySettings } from './history.settings';
export * from './history.types';
export * from './quarantine';
export { CandleStore, type CandleStoreOptions, type SeriesMeta } from './candle-store';
export { type StoredSeries } from './generation';
export { fetchWindow } from './core/fetch-window';
export { type Page, planPages } from './core/page-planner';
export { verifyRows } from './core/verify-rows';
export { decodeParquet } from './parquet-codec';
export { SERIES_SUFFIX, withSeriesLock } from './series-files';
export * from './side-car';
export { unzipOne } from './unzip-one';
export type { ArchiveProgressReport } from './archive-progress';
export type { SeriesReport } from './archive-series';
export type { PageFetch, PageRequest } from './rest-pages';
