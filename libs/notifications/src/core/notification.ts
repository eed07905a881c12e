/** What people are told of: one event each, small enough to be read on a telephone. */
import type { NotificationKind, UtcMs } from '@slt/domain';

/** Ascending. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type Fact = string | number | boolean | null;

export interface NotificationDraft {
  readonly kind: NotificationKind;
  readonly severity: Severity;
  /** Exchange time. */
  readonly at: UtcMs;
  readonly title: string;
  /** The rest of the line, for people. */
  readonly text: string;
  /** The same for programs; only the webhook carries it. */
  readonly facts: Readonly<Record<string, Fact>>;
}

export interface Notification extends NotificationDraft {
  readonly id: string;
}

/** Which market and whose money it is about. */
export interface Origin {
  readonly exchange: string;
  readonly mode: 'paper' | 'live';
}

/** What goes out as one message. */
export interface Batch {
  /** The same at every attempt. */
  readonly id: string;
  readonly origin: Origin;
  /** Ascending as they happened. */
  readonly notifications: readonly Notification[];
  /** Less important ones that were given up since the batch before. */
  readonly dropped: number;
}

export const severityRank = (severity: Severity): number => SEVERITIES.indexOf(severity);
