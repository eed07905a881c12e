/** HTTP as bytes: for paths and headers that no well-behaved client would send. */
import { connect } from 'node:net';

export interface RawResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** @param target the request target exactly as it goes on the wire */
export function rawRequest(
  url: string,
  target: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<RawResponse> {
  const { hostname, port, host } = new URL(url);
  const { method = 'GET', body = '' } = options;
  const headers = { host, connection: 'close', ...options.headers };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const length = body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const request = [`${method} ${target} HTTP/1.1`, ...lines, ...length, '', body].join('\r\n');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    connect(Number(port), hostname.replace(/^\[|\]$/g, ''))
      .on('error', reject)
      .on('data', (chunk) => chunks.push(chunk))
      .on('close', () => resolve(parse(Buffer.concat(chunks).toString('latin1'))))
      .write(Buffer.from(request, 'latin1'));
  });
}

function parse(text: string): RawResponse {
  const split = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...headerLines] = text.slice(0, split).split('\r\n');
  const headers = headerLines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: text.slice(split + 4),
  };
}
