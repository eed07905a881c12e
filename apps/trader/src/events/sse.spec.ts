import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../../../test/support/eventually';
import { encodeFrame, SseConnection } from './sse';

describe('SseConnection', () => {
  let server: Server;
  let connection: SseConnection;
  let accepted = 0;
  let ends = 0;

  beforeEach(async () => {
    ends = accepted = 0;
    server = createServer((_, response) => {
      connection = new SseConnection(response, { 'x-kept': '1' }, () => ends++);
      accepted++;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  it('sends frames, and ends', async () => {
    const response = await fetch(url());
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-kept')).toBe('1');
    connection.send({ id: 'a-1', event: 'gap', data: { text: 'two\nlines' } });
    connection.end();
    expect(await response.text()).toBe(
      'retry: 2000\n\nid: a-1\nevent: gap\ndata: {"text":"two\\nlines"}\n\n',
    );
    expect(ends).toBe(1);
  });

  it('notices a listener that leaves', async () => {
    const abort = new AbortController();
    await fetch(url(), { signal: abort.signal });
    abort.abort();
    await eventually(() => ends === 1);
    connection.send({ event: 'gap', data: 1 });
    connection.end();
    expect(ends).toBe(1);
  });

  it('cuts off a listener that does not read', async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await eventually(() => accepted === 1);
    const data = 'x'.repeat(64 * 1024);
    for (let i = 0; i < 1000 && ends === 0; i++) connection.send({ event: 'gap', data });
    expect(ends).toBe(1);
    socket.destroy();
  });
});

it('encodes what has no id', () => {
  expect(encodeFrame({ event: 'status', data: null })).toBe('event: status\ndata: null\n\n');
});
