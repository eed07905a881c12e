/** How much one address may ask: far above what a person or a dashboard needs, far below what hurts the market pipeline. */
import type { ExecutionContext } from '@nestjs/common';
import type { ThrottlerModuleOptions } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { isSafeMethod } from './methods';

const WINDOW_MS = 10_000;
export const READS_PER_WINDOW = 1000;
export const CHANGES_PER_WINDOW = 60;

const isRead = (context: ExecutionContext): boolean =>
  isSafeMethod(context.switchToHttp().getRequest<FastifyRequest>().method);

export const THROTTLING: ThrottlerModuleOptions = {
  errorMessage: 'Too many requests; Retry-After says when to come back.',
  generateKey: (_context, address, name) => `${name}:${address}`,
  setHeaders: false,
  throttlers: [
    { name: 'read', ttl: WINDOW_MS, limit: READS_PER_WINDOW, skipIf: (context) => !isRead(context) },
    { name: 'change', ttl: WINDOW_MS, limit: CHANGES_PER_WINDOW, skipIf: isRead },
  ],
};
