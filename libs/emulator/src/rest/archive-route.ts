/** The public archive of recorded candles, weightless: in reality a host of its own. */
import type { FastifyReply } from 'fastify';
import type { Exchange } from '../exchange';

/** @param path as in the request line, `/data/futures/um/daily/klines/…zip` or `….zip.CHECKSUM` */
export function serveArchive(_exchange: Exchange, _path: string, reply: FastifyReply): FastifyReply {
  return reply.code(404).header('content-type', 'application/xml').send('');
}
