/** The market pipeline as news for people: that it is ready, and when its data can no longer be relied on. */
import type { ClusterEvent } from '@slt/cluster';
import type { NotificationDraft } from '@slt/notifications';

export class MarketStory {
  private wasReady = false;
  private isDegraded = false;

  told(event: ClusterEvent): NotificationDraft | undefined {
    if (event.type !== 'phase') return undefined;
    const { at, phase, reason = '' } = event;
    if (phase === 'degraded' && !this.isDegraded) {
      this.isDegraded = true;
      const facts = { phase, reason };
      return { kind: 'data', severity: 'warning', at, title: 'Market data degraded', text: reason, facts };
    }
    if (phase !== 'streaming') return undefined;
    const title = this.isDegraded ? 'Market data whole again' : 'Market data ready';
    const isNews = this.isDegraded || !this.wasReady;
    this.isDegraded = false;
    this.wasReady = true;
    return isNews ? { kind: 'data', severity: 'info', at, title, text: '', facts: { phase } } : undefined;
  }
}
