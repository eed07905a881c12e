/** `slt` in this process: what it says and answers with. As a process it costs a second of CPU more: `slt.ts`. */
import { runCli } from '../../apps/cli/src/run-cli';
import type { Ended } from './slt';

/** @param words separated by spaces */
export async function sltInProcess(
  words: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const so = { out: '', err: '' };
  const code = await runCli({
    words: words.split(' ').filter(Boolean),
    environment,
    terminal: {
      isTty: false,
      out: (text) => {
        so.out += text;
        return Promise.resolve(true);
      },
      say: (line) => void (so.err += `${line}\n`),
    },
    signal: new AbortController().signal,
  });
  return { code, ...so };
}
