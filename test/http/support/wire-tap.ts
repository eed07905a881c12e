/** Before a server on loopback: hears what goes by, in the clear. */
import { TcpProxy } from '../../support/tcp-proxy';

/** Of what was heard; what matters is among it within milliseconds. */
const KEPT_CHARACTERS = 64 * 1024 * 1024;

export class WireTap {
  /** To the server behind. */
  sent = '';
  /** What of its answers tells of listen keys: candles are the bulk of them, and tell nothing. */
  answered = '';
  private proxy: TcpProxy | undefined;

  static async before(url: string): Promise<WireTap> {
    const tap = new WireTap();
    tap.proxy = await TcpProxy.before(url, {
      sent: (chunk) => (tap.sent = kept(tap.sent + chunk.toString('latin1'))),
      answered: (chunk) => {
        const text = chunk.toString('latin1');
        if (text.includes('listenKey')) tap.answered = kept(tap.answered + text);
      },
    });
    return tap;
  }

  get url(): string {
    return this.proxy!.url;
  }

  async close(): Promise<void> {
    await this.proxy?.close();
  }
}

const kept = (text: string): string =>
  text.length > 2 * KEPT_CHARACTERS ? text.slice(-KEPT_CHARACTERS) : text;
