/**
 * Which moment of its own time the in-process emulator starts at. A restart meets the same exchange: its time went on
 * at its speed meanwhile, and never goes back, whatever happened to this machine's clock.
 */
import type { AppConfig } from '@slt/config';
import type { UtcMs } from '@slt/domain';

/** What makes the emulated exchange the one it is; another one has other candles. */
export interface EmulatorIdentity {
  seed: number;
  symbols: number;
  replay: string | null;
}

/** The record in DATA_DIR/emulator.json: one pair of instants, wall and exchange, and the speed since then. */
export interface EmulatorRecord extends EmulatorIdentity {
  version: 1;
  speed: number;
  origin: { wallMs: UtcMs; exchangeMs: UtcMs };
  /** The latest exchange time that was seen. */
  latestMs: UtcMs;
}

export function identityOf(config: AppConfig): EmulatorIdentity {
  return {
    seed: config.EMULATOR_SEED,
    symbols: config.EMULATOR_SYMBOLS,
    replay: config.EMULATOR_REPLAY ?? null,
  };
}

/**
 * Exchange time at which the emulator resumes.
 * @returns undefined when the record is of another exchange: begin anew
 */
export function resumeTime(
  record: EmulatorRecord,
  identity: EmulatorIdentity,
  wallNow: UtcMs,
): UtcMs | undefined {
  const isSame =
    record.seed === identity.seed && record.symbols === identity.symbols && record.replay === identity.replay;
  if (!isSame) return undefined;
  const elapsedMs = Math.max(0, wallNow - record.origin.wallMs);
  return Math.max(record.latestMs, record.origin.exchangeMs + Math.round(elapsedMs * record.speed));
}

/** The record in a file's text; undefined when it is none. */
export function parseRecord(text: string): EmulatorRecord | undefined {
  let value: Partial<EmulatorRecord> | null;
  try {
    value = JSON.parse(text) as Partial<EmulatorRecord> | null;
  } catch {
    return undefined;
  }
  const numbers = [
    value?.seed,
    value?.symbols,
    value?.speed,
    value?.latestMs,
    value?.origin?.wallMs,
    value?.origin?.exchangeMs,
  ];
  const isReplay = value?.replay === null || typeof value?.replay === 'string';
  return value?.version === 1 && isReplay && numbers.every(Number.isFinite) && value.speed! > 0
    ? (value as EmulatorRecord)
    : undefined;
}
