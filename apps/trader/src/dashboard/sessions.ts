/**
 * Who signed in by the page: a browser gives API_TOKEN once and holds a cookie from then on, which no script can read and no
 * other site can send. A change needs a second proof that only a page of this origin could read (ADR 0110).
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';

export const SESSION_MS = 12 * 3_600_000;
export const CSRF_HEADER = 'x-csrf-token';
/** More would be somebody's mistake; the oldest one ends. */
const MAX_SESSIONS = 100;
const ID_BYTES = 32;

/** What a request carries, of any framework. */
export interface Carrier {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

@Injectable()
export class Sessions {
  /** Of each session's id, when it ends; wall clock. */
  private readonly ends = new Map<string, number>();
  /** Sessions end with the process. */
  private readonly key = randomBytes(ID_BYTES);

  constructor(private readonly config: AppConfig) {}

  /** Two services on one machine share their cookies, so the name tells them apart. */
  get cookieName(): string {
    return `slt_session_${this.config.PORT}`;
  }

  /** @returns the new session's id, for the cookie */
  open(): string {
    const now = Date.now();
    for (const [id, end] of this.ends) if (end <= now) this.ends.delete(id);
    while (this.ends.size >= MAX_SESSIONS) this.ends.delete(this.ends.keys().next().value!);
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.ends.set(id, now + SESSION_MS);
    return id;
  }

  close(id: string): void {
    this.ends.delete(id);
  }

  /** The session of a request, if it has a live one. */
  of(request: Carrier): string | undefined {
    const id = cookieOf(request.headers['cookie'], this.cookieName);
    const end = id === undefined ? undefined : this.ends.get(id);
    return end !== undefined && end > Date.now() ? id : undefined;
  }

  /** What a change must carry beside the cookie: bound to the session, and worth nothing without it. */
  csrfTokenOf(id: string): string {
    return createHmac('sha256', this.key).update(id).digest('base64url');
  }

  /** Whether the request may change something: a live session, and the proof that our own page sent it. */
  mayChange(request: Carrier): boolean {
    const id = this.of(request);
    const proof = request.headers[CSRF_HEADER];
    return id !== undefined && typeof proof === 'string' && isSame(proof, this.csrfTokenOf(id));
  }
}

function cookieOf(header: string | string[] | undefined, name: string): string | undefined {
  if (typeof header !== 'string') return undefined;
  for (const pair of header.split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value !== undefined && /^[\w-]{20,100}$/.test(value)) return value;
  }
  return undefined;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
