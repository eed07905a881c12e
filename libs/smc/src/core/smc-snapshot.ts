/** A whole engine as plain JSON data. Its inside is the engine's own affair and may change with the version. */

export const SNAPSHOT_VERSION = 1;

export interface SmcSnapshot {
  readonly version: typeof SNAPSHOT_VERSION;
  readonly [part: string]: unknown;
}
