/** What keeps a stranger's web page from reaching a service on this machine under a name of its own (DNS rebinding). */
import { MisdirectedException } from '@nestjs/common';
import { isLoopback } from '@slt/config';

/**
 * @param host the Host header
 * @param boundTo what we listen on; beyond loopback any name may be ours, and API_TOKEN guards instead
 * @throws MisdirectedException when the header names somebody else
 */
export function checkHost(host: string | undefined, boundTo: string): void {
  if (!isLoopback(boundTo)) return;
  const name = hostNameOf(host);
  if (name !== undefined && (isLoopback(name) || name === boundTo.toLowerCase())) return;
  throw new MisdirectedException('This service answers only to localhost, 127.0.0.1 and [::1].');
}

/** The name without port and brackets, in lower case; undefined when the header is no host. */
function hostNameOf(host: string | undefined): string | undefined {
  if (host === undefined || !/^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host)) return undefined;
  return host
    .replace(/:\d{1,5}$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}
