/** A whole engine as plain JSON data. Its inside is the engine's own affair and may change with the version. */
import { AppError } from '@slt/domain';
import { parseOptions, type SmcOptions } from './smc-options';
import { SnapshotReader } from './snapshot-reader';

export const SNAPSHOT_VERSION = 1;

export interface SmcSnapshot {
  readonly version: typeof SNAPSHOT_VERSION;
  readonly options: SmcOptions;
  /** One entry for each detector. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** @throws AppError invalid `SMC.SNAPSHOT` */
export function openSnapshot(snapshot: unknown): { options: SmcOptions; state: SnapshotReader } {
  const reader = SnapshotReader.of(snapshot);
  const version = reader.raw('version');
  if (version !== SNAPSHOT_VERSION) reader.fail('version', `is ${String(version)}, not ${SNAPSHOT_VERSION}`);
  const options = parseOptions(reader.raw('options'));
  if (typeof options === 'string') throw new AppError('invalid', 'SMC.SNAPSHOT', `options: ${options}`);
  const given = reader.part('options');
  for (const name of Object.keys(options)) {
    if (given.raw(name) === undefined) given.fail(name, 'is missing'); // a default in its place would be another engine
  }
  return { options, state: reader.part('state') };
}
