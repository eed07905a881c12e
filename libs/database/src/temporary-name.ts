/** Names of files that are being written, before they take the place of another: whose process is gone may be removed. */
let sequence = 0;

/** What is added to the name of the file that will be replaced; each time another. */
export const temporarySuffix = (): string => `.tmp-${process.pid}-${sequence++}`;

/** The process that writes, or wrote, a file of such a name; undefined where it is none. */
export function writerOf(name: string): number | undefined {
  const pid = /\.tmp-(\d+)-\d+$/.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
