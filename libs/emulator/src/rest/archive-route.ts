/** The public archive of recorded candles, weightless: in reality a host of its own. */
import type { FastifyReply } from 'fastify';
import type { Exchange } from '../exchange';
import { archiveZip } from '../market';

const CHECKSUM = '.CHECKSUM';

/** @param path as in the request line, `/data/futures/um/daily/klines/…zip` or `….zip.CHECKSUM` */
export function serveArchive({ market, time }: Exchange, path: string, reply: FastifyReply): FastifyReply {
  const file = archiveZip(market, path, time.now());
  if (file === undefined)
    return reply.code(404).header('content-type', 'application/xml').send(noSuchKey(path));
  if (path.endsWith(CHECKSUM)) return reply.header('content-type', 'text/plain').send(file.checksum);
  return reply.header('content-type', 'application/zip').send(Buffer.from(file.zip));
}

function noSuchKey(path: string): string {
  const key = path.slice(1).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code>' +
    `<Message>The specified key does not exist.</Message><Key>${key}</Key></Error>`
  );
}
