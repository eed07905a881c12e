/**
 * Which moment of its own time the in-process emulator starts at. A restart meets the same exchange: its time went on
 * at its speed meanwhile, and never goes back, whatever happened to this machine's clock. A recording waits instead,
 * for at a high speed it would be over by tomorrow.
 */
import type { AppConfig } from '@slt/config';
import { MINUTE_MS, SECOND_MS, type UtcMs } from '@slt/domain';

/** What makes the emulated exchange the one it is; another one has other candles. */
export interface EmulatorIdentity {
  seed: number;
  symbols: number;
  replay: string | null;
}

/** One exchange that ran here: a pair of instants, wall and exchange, and the speed since then. */
export interface EmulatorRecord extends EmulatorIdentity {
  speed: number;
  origin: { wallMs: UtcMs; exchangeMs: UtcMs };
  /** The latest exchange time that was seen. */
  latestMs: UtcMs;
  /** Whose candles: the same folder may hold another recording by now. */
  source?: string;
}

/** How often the time is noted; a recording may have gone on for so long after the last note. */
export function saveEveryMs({ replay }: Pick<EmulatorIdentity, 'replay'>): number {
  return replay === null ? MINUTE_MS : 5 * SECOND_MS;
}

export function identityOf(config: AppConfig): EmulatorIdentity {
  return {
    seed: config.EMULATOR_SEED,
    symbols: config.EMULATOR_SYMBOLS,
    replay: config.EMULATOR_REPLAY ?? null,
  };
}

/** DATA_DIR/emulator.json: the exchanges that ran here, the latest first, so that each is met again as it was left. */
export interface EmulatorRecords {
  version: 1;
  exchanges: EmulatorRecord[];
}

const MOST_RECORDS = 32;

/** The record of this exchange; undefined when it never ran here. */
export function recordOf(records: EmulatorRecords, identity: EmulatorIdentity): EmulatorRecord | undefined {
  return records.exchanges.find((each) => isSame(each, identity));
}

/** With this record as the latest, and the oldest forgotten when there are too many. */
export function withRecord(records: EmulatorRecords, record: EmulatorRecord): EmulatorRecords {
  const others = records.exchanges.filter((each) => !isSame(each, record));
  return { version: 1, exchanges: [record, ...others].slice(0, MOST_RECORDS) };
}

function isSame(a: EmulatorIdentity, b: EmulatorIdentity): boolean {
  return a.seed === b.seed && a.symbols === b.symbols && a.replay === b.replay;
}

/** Exchange time at which an exchange of this record resumes. */
export function resumeTime(record: EmulatorRecord, wallNow: UtcMs): UtcMs {
  const elapsedMs = Math.max(0, wallNow - record.origin.wallMs);
  const wentOnTo = record.origin.exchangeMs + Math.round(elapsedMs * record.speed);
  const waitsAt = record.replay === null ? Infinity : record.latestMs + saveEveryMs(record) * record.speed;
  return Math.max(record.latestMs, Math.min(wentOnTo, waitsAt));
}

/** The records in a file's text; what is none of ours is left out. */
export function parseRecords(text: string): EmulatorRecords {
  let value: Partial<EmulatorRecords> | null = null;
  try {
    value = JSON.parse(text) as Partial<EmulatorRecords> | null;
  } catch {
    // A damaged file is no record: the exchange begins anew.
  }
  const exchanges = value?.version === 1 && Array.isArray(value.exchanges) ? value.exchanges : [];
  return { version: 1, exchanges: exchanges.filter(isRecord) };
}

function isRecord(value: Partial<EmulatorRecord> | null): value is EmulatorRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { seed, symbols, speed, latestMs, origin, replay } = value;
  const numbers = [seed, symbols, speed, latestMs, origin?.wallMs, origin?.exchangeMs];
  return numbers.every(Number.isFinite) && speed! > 0 && (replay === null || typeof replay === 'string');
}
