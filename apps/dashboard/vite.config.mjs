/** The page as files with a hash in their names, below /assets. Nothing inline: the policy of the page forbids it. */
import path from 'node:path';
import { defineConfig } from 'vite';

const TRADER = process.env.SLT_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: path.resolve(import.meta.dirname, '../../.build/dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // `npm run dev:dashboard`: the page from its sources, the calls to a trader that runs already.
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/health', '/docs', '/queues', '/metrics'].map((path) => [
        path,
        { target: TRADER, changeOrigin: true },
      ]),
    ),
  },
});
