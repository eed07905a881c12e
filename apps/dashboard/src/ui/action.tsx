import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { messageOf } from '../api/problem';
import { notify } from '../store/notices';
import { confirm, type Question } from '../store/questions';

/** A button that does something to the service: asks first if told to, works once at a time, and says how it ended. */
export function Action({
  run,
  ask,
  danger = false,
  disabled = false,
  children,
}: {
  /** @returns what to tell the person; undefined for nothing */
  run: () => Promise<string | undefined>;
  ask?: Question;
  danger?: boolean;
  disabled?: boolean;
  children: ComponentChildren;
}) {
  const [isBusy, setBusy] = useState(false);
  const act = async (): Promise<void> => {
    if (isBusy || (ask !== undefined && !(await confirm(ask)))) return;
    setBusy(true);
    try {
      const told = await run();
      if (told !== undefined) notify(told);
    } catch (error) {
      notify(messageOf(error), 'error');
    } finally {
      setBusy(false);
    }
  };
  return (
    <button
      type="button"
      class={danger ? 'danger' : ''}
      disabled={disabled || isBusy}
      aria-busy={isBusy}
      onClick={() => void act()}
    >
      {children}
    </button>
  );
}
