/** How a command ends: exit codes are part of the interface, scripts rely on them. */

export const EXIT = { whole: 0, findings: 1, usage: 2, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line, or a value on it, is wrong; every problem is in it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1 ? problems[0] : `\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}
