/** What each entry of the data folder is, by its name. */
import { type Finding, warning } from './finding';

const SERIES = '.parquet';
const SIDE_CAR = '.parquet.json';

/** What other parts of the service keep in the same folder. */
const OURS = [
  /^README\.md$/,
  /^(universe|emulator|exchange-ban-.+)\.json$/,
  /^store-id$/,
  /^postgres(-connection\.json|\.log)?$/,
  /^archive-.+\.json$/,
  /\.lock$/,
  /^\.(?!.*\.parquet)/,
];
const TEMPORARY = /(\.tmp\b|\.tmp-|\.part$|~$)/;

export type FolderEntry =
  /** `series` is the name of the Parquet file; `orphan`: only its side-car is there. */
  | { readonly kind: 'series'; readonly series: string; readonly orphan: boolean }
  | { readonly kind: 'ours' }
  | { readonly kind: 'leftover'; readonly name: string; readonly finding: Finding }
  | { readonly kind: 'unknown'; readonly name: string; readonly finding: Finding };

/** @param names all names of the folder */
export function classifyEntry(name: string, isFile: boolean, names: ReadonlySet<string>): FolderEntry {
  if (name.endsWith(SERIES) && !name.startsWith('.')) return { kind: 'series', series: name, orphan: false };
  if (name.endsWith(SIDE_CAR) && !name.startsWith('.')) {
    const series = name.slice(0, -'.json'.length);
    return names.has(series) ? { kind: 'ours' } : { kind: 'series', series, orphan: true };
  }
  if (TEMPORARY.test(name)) {
    return {
      kind: 'leftover',
      name,
      finding: warning('LEFTOVER', `${name} was left by a write that did not end`, { file: name }),
    };
  }
  if (!isFile || OURS.some((pattern) => pattern.test(name))) return { kind: 'ours' };
  return {
    kind: 'unknown',
    name,
    finding: warning('UNKNOWN_FILE', `${name} is nothing we know`, { file: name }),
  };
}
