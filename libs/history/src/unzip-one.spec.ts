import fc from 'fast-check';
import { zipSync } from 'fflate';
import { isAppError } from '@slt/domain';
import { unzipOne } from './unzip-one';

const TIME = { mtime: 864_000_000_000 };

describe('unzipOne', () => {
  it.each([0, 6] as const)('gives back what was packed at level %i', async (level) => {
    const text = Buffer.from('open_time,open\n'.repeat(1_000));
    expect(Buffer.from(await unzipOne(zipSync({ 'a.csv': text }, { level, ...TIME }), 1e6))).toEqual(text);
  });

  it('refuses more than one file, none, and what is too large', async () => {
    const two = zipSync({ a: Buffer.from('1'), b: Buffer.from('2') }, TIME);
    const large = zipSync({ a: Buffer.alloc(2_000) }, TIME);
    for (const zip of [two, zipSync({}, TIME), large, Buffer.from('<html>sorry</html>'), Buffer.alloc(0)]) {
      await expect(unzipOne(zip, 1_000)).rejects.toMatchObject({
        kind: 'transient',
        code: 'ARCHIVE.CORRUPT',
      });
    }
  });

  it('survives any damage', async () => {
    const text = Buffer.from('1700000040000,1.5,2.5,0.5,2,10.25\n'.repeat(50));
    const zip = zipSync({ 'a.csv': text }, TIME);
    await fc.assert(
      fc.asyncProperty(fc.nat(zip.length - 1), fc.nat(255), fc.boolean(), async (at, byte, isCut) => {
        const mutant = Buffer.from(isCut ? zip.subarray(0, at) : zip);
        if (!isCut) mutant[at] = byte;
        const outcome = await unzipOne(mutant, 1e6).catch((error: unknown) => error);
        const isUnharmed = outcome instanceof Uint8Array;
        expect(isUnharmed || isAppError(outcome, 'ARCHIVE.CORRUPT')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
