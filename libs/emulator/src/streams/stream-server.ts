/** The WebSocket side: handshakes on the HTTP server's port, with the faults that can befall them. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { plainIp, type Exchange } from '../exchange';
import type { FaultEvent } from '../faults/faults';
import { checkFaultyLimits, checkServer, latencyOf, type Refusal } from '../rest/gate';
import { Connection, type ConnectionLimits } from './connection';
import type { StreamHub } from './stream-hub';
import { parseStreamUrl } from './stream-url';

const MAX_MESSAGE_BYTES = 1024 * 1024;

const NOT_FOUND: Refusal = { status: 404, contentType: 'text/plain', body: 'Not Found' };

export class StreamServer {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // Pings count as messages: the connection answers them itself.
    autoPong: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  /** Handshakes that a fault never answers. */
  private readonly stuck = new Set<Duplex>();

  constructor(
    private readonly exchange: Exchange,
    private readonly hub: StreamHub,
    private readonly limits: ConnectionLimits,
  ) {}

  /** For the HTTP server's `upgrade` event. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    void this.shakeHands(request, socket, head);
  };

  close(): void {
    for (const socket of this.stuck) socket.destroy();
    for (const client of this.sockets.clients) client.terminate();
    this.sockets.close();
  }

  private async shakeHands(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const address = parseStreamUrl(request.url ?? '/');
    const event: FaultEvent = { target: 'stream', path: address?.path ?? '/' };
    const { beforeMs, afterMs } = latencyOf(this.exchange, event);
    if (beforeMs + afterMs > 0) await delay(beforeMs + afterMs);
    if (address === undefined) return refuse(socket, NOT_FOUND);
    if (this.cut(socket, event)) return;
    const ip = plainIp(request.socket.remoteAddress);
    const refusal = checkFaultyLimits(this.exchange, ip, event) ?? checkServer(this.exchange, event);
    if (refusal !== undefined) return refuse(socket, refusal);
    this.sockets.handleUpgrade(request, socket, head, (client) => {
      this.exchange.stats.connected();
      this.hub.connections.add(new Connection(client, address, this.limits, this.hub));
    });
  }

  private cut(socket: Duplex, event: FaultEvent): boolean {
    const { faults } = this.exchange;
    if (faults.hit('drop-socket', event, (rule) => rule.when === 'before') !== undefined) {
      socket.destroy();
      return true;
    }
    if (faults.hit('half-open', event, (rule) => rule.when === 'before') === undefined) return false;
    this.stuck.add(socket);
    socket.on('close', () => this.stuck.delete(socket));
    return true;
  }
}

function refuse(socket: Duplex, { status, contentType, body, retryAfterSeconds }: Refusal): void {
  const retryAfter = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: ${contentType}\r\n` +
      `${retryAfter}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
