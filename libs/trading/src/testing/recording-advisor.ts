/** An advisor that learns nothing, writes down what it was told, and fails when told to. */
import type { Advisor } from '../core/advice';
import type { Scorer } from '../core/confidence';
import type { Assessment } from '../core/signal';
import { anAssessment } from './assessments';

export class RecordingAdvisor implements Advisor {
  readonly told: string[] = [];
  assessment: Assessment = anAssessment();
  confidence = 0.75;
  /** What it is told then throws. */
  failsAt: string | undefined;

  readonly score: Scorer = ({ symbol }) => {
    this.tell('score', symbol);
    return { confidence: this.confidence, parts: {}, assessment: this.assessment };
  };

  onCandle: Advisor['onCandle'] = (symbol, interval, candle) =>
    this.tell('candle', `${symbol} ${interval} ${candle.openTime}`);

  decided: Advisor['decided'] = (signal, { decision, reasons }) =>
    this.tell('decided', `${signal.symbol} ${[decision, ...reasons].join(' ')}`);

  retracted: Advisor['retracted'] = (signalId, reason) => this.tell('retracted', `${signalId} ${reason}`);

  traded: Advisor['traded'] = ({ positionId, exitReason }) =>
    this.tell('traded', `${positionId} ${exitReason}`);

  /** What was said of this, and once only where it was said over and over. */
  of(what: string): string[] {
    const said = this.told
      .filter((each) => each.startsWith(`${what}: `))
      .map((each) => each.slice(what.length + 2));
    return [...new Set(said)];
  }

  private tell(what: string, detail: string): void {
    if (this.failsAt === what) throw new Error(`cannot be told of ${what}`);
    this.told.push(`${what}: ${detail}`);
  }
}
