/** Injects HistoryParts, the assembled pieces behind HistoryService. */
export const HISTORY_PARTS: unique symbol = Symbol('HISTORY_PARTS');
