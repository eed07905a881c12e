/** What became of one channel's messages since the process began. For metrics alone. */
export interface ChannelTally {
  /** Messages that the server took. */
  sent: number;
  /** Attempts that failed and are made again. */
  retried: number;
  /** Messages given up: refused, or out of attempts, or too old. */
  failed: number;
  /** Answers that asked for a silence. */
  limited: number;
}

export interface ChannelStatus extends Readonly<ChannelTally> {
  readonly channel: string;
  /** Notifications in memory that the queue does not have yet. */
  readonly waiting: number;
  /** Notifications given up because too many waited. */
  readonly dropped: number;
}

export const newTally = (): ChannelTally => ({ sent: 0, retried: 0, failed: 0, limited: 0 });
