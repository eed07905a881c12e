/** One request of a channel, and what came of it. Neither address nor headers nor bodies show in what is returned. */
import type { Answer, ServerAnswer } from './core/answer';
import type { Channel } from './channels/channel';
import type { Batch } from './core/notification';

/** More of an answer is not read: what we want to know stands at its beginning. */
const MAX_BODY_BYTES = 16 * 1024;

export interface PostOptions {
  readonly timeoutMs: number;
  /** The end of the process. */
  readonly signal?: AbortSignal | undefined;
}

/** Never rejects. */
export async function post(channel: Channel, batch: Batch, options: PostOptions): Promise<Answer> {
  const { url, headers, body } = channel.request(batch, Date.now());
  const late = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? late : AbortSignal.any([late, options.signal]);
  try {
    // A redirection would take the message, and perhaps a token, to somebody else.
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    return channel.read(await answerOf(response), Date.now());
  } catch (error) {
    return { kind: 'retry', reason: late.aborted ? 'timeout' : codeOf(error) };
  }
}

async function answerOf(response: Response): Promise<ServerAnswer> {
  const text = await beginningOf(response);
  return { status: response.status, headers: Object.fromEntries(response.headers), body: parsed(text) };
}

async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_BODY_BYTES);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `ECONNREFUSED` and its like; the message of an error may hold the address. */
function codeOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown }; name?: unknown };
  const code = cause?.code;
  if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code)) return code;
  return typeof name === 'string' && /^[A-Za-z]+$/.test(name) ? name : 'failed';
}
