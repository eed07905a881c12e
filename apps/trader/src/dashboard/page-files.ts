/**
 * The built page: `index.html` at `/`, everything else below `/assets` under names that change with their content. Served
 * from the files the build has packed; without a build there is no page, and `/` answers as it does for programs.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

const YEAR_MS = 365 * 86_400_000;
/** From `dist/apps/trader/src/dashboard` to `dist`, and from the same place in the sources to the root. */
const TOP = path.resolve(__dirname, '../../../..');

/**
 * Nothing but our own files and calls: no inline script or style, no other host, no frame, no text that becomes a script.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Where the build lies; undefined without one. */
export function pageFolder(): string | undefined {
  const places = [path.join(TOP, 'dashboard'), path.join(TOP, 'dist', 'dashboard')];
  return places.find((folder) => existsSync(path.join(folder, 'index.html')));
}

/** Call before listen(). */
export function serveAssets(fastify: FastifyInstance): void {
  const folder = pageFolder();
  if (folder === undefined) return;
  void fastify.register(fastifyStatic, {
    root: path.join(folder, 'assets'),
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    dotfiles: 'ignore',
    immutable: true,
    maxAge: YEAR_MS,
    preCompressed: true,
  });
}

let page: { readonly folder: string; readonly html: string } | undefined;

/** The page, or undefined where it was not built. A new build is found after a restart. */
export function pageHtml(): string | undefined {
  if (page === undefined) {
    const folder = pageFolder();
    if (folder === undefined) return undefined;
    page = { folder, html: readFileSync(path.join(folder, 'index.html'), 'utf8') };
  }
  return page.html;
}

/** @returns what to send */
export function asPage(reply: FastifyReply, html: string): string {
  reply
    .header('content-security-policy', PAGE_POLICY)
    .header('cache-control', 'no-cache')
    .type('text/html; charset=utf-8');
  return html;
}
