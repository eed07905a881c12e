/** The page that the trader serves at `/`: bundled by Vite, and packed beforehand so that no request waits for it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { ROOT, run } from './ensure.mjs';

const CONFIG = path.join(ROOT, 'apps', 'dashboard', 'vite.config.mjs');
const PACKED = /\.(?:js|css|svg|html)$/;
/** The level at which the last per cents are left alone: they cost a second of every build. */
const BROTLI_QUALITY = 9;

/** @param folder what is in it is replaced */
export function buildDashboard(folder) {
  const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  run(process.execPath, [vite, 'build', '--config', CONFIG, '--outDir', folder, '--logLevel', 'warn']);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!PACKED.test(entry.name)) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const content = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
  }
}
