/** The emulator as a server of its own: `node dist/apps/emulator/src/main.js --speed 60`. */
import { isAppError } from '@slt/domain';
import { runEmulator } from '@slt/emulator';
import { readOptions, USAGE } from './emulator-args';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const { ended } = await runEmulator(options);
  await ended;
}

main().catch((error: unknown) => {
  const text = isAppError(error) || isListenError(error) ? error.message : error;
  process.stderr.write(`emulator: ${text instanceof Error ? text.stack : String(text)}\n`);
  process.exitCode = isAppError(error) && error.kind === 'invalid' ? 2 : 1;
});

function isListenError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}
