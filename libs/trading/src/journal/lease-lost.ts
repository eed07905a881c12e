/** What a process hears that no longer holds the account it writes for. It must stop trading at once. */
import { AppError } from '@slt/domain';

export function leaseLost(account: string, tokens: readonly number[], cause?: unknown): AppError {
  return new AppError(
    'broken-invariant',
    'TRADING.LEASE_LOST',
    `the lease of account ${account} is no longer held under token ${tokens.join(', ')}: another process has taken it`,
    cause === undefined ? {} : { cause },
  );
}
