/**
 * What the side-cars say of files that are byte for byte those they describe. A pair is read again only once one of
 * its two files is another one, or was changed: hundreds of files are looked at for the price of asking their times.
 */
import { statSync } from 'node:fs';
import { readSettled } from './generation';
import { SIDE_CAR_SUFFIX, type SideCarEntry } from './side-car';

interface Verified {
  readonly stamp: string;
  readonly entry: SideCarEntry;
}

export class VerifiedEntries {
  private readonly known = new Map<string, Verified>();

  /** @returns undefined: no file; @throws AppError invalid, `STORE.DAMAGED` */
  async of(path: string): Promise<SideCarEntry | undefined> {
    const stamp = stampOf(path);
    const known = this.known.get(path);
    if (known !== undefined && known.stamp === stamp) return known.entry;
    this.known.delete(path);
    const entry = (await readSettled(path))?.entry;
    // A pair that was replaced while it was read is read again the next time.
    if (entry !== undefined && stamp === stampOf(path)) this.known.set(path, { stamp, entry });
    return entry;
  }
}

/** Of both files: which they are, their sizes, and when their content or anything of them was changed. */
function stampOf(path: string): string {
  return [path, `${path}${SIDE_CAR_SUFFIX}`]
    .map((each) => {
      const stat = statSync(each, { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? '-' : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
    })
    .join(' ');
}
