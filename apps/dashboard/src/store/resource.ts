/** What a page reads from the API: the answer, or why there is none, read anew when told, in time, and after a gap in the stream. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../api/problem';
import { resyncs } from './resync';

export interface Resource<Value> {
  /** The last answer; it stays while a newer one is awaited or fails. */
  readonly value: Value | undefined;
  /** Why the latest reading failed. */
  readonly error: string | undefined;
  readonly isLoading: boolean;
  reload(): void;
}

export interface ResourceOptions {
  /** Read again after so long, while the page is looked at. */
  readonly everyMs?: number;
}

interface State<Value> {
  value: Value | undefined;
  error: string | undefined;
  isLoading: boolean;
}

/**
 * @param load to be given the same function for the same question (useCallback), since another one is another question
 */
export function useResource<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  { everyMs }: ResourceOptions = {},
): Resource<Value> {
  const [state, setState] = useState<State<Value>>({ value: undefined, error: undefined, isLoading: true });
  const [turn, setTurn] = useState(0);
  const asked = useRef(load);
  const isUnderWay = useRef(false);
  const resynced = resyncs.value;

  useEffect(() => {
    const abort = new AbortController();
    isUnderWay.current = true;
    const isNewQuestion = asked.current !== load;
    asked.current = load;
    setState((known) => ({ ...known, ...(isNewQuestion ? { value: undefined } : {}), isLoading: true }));
    const settle = (news: (known: State<Value>) => State<Value>): void => {
      if (abort.signal.aborted) return;
      isUnderWay.current = false;
      setState(news);
    };
    load(abort.signal).then(
      (value) => settle(() => ({ value, error: undefined, isLoading: false })),
      (error: unknown) => settle((known) => ({ ...known, error: messageOf(error), isLoading: false })),
    );
    return () => abort.abort();
  }, [load, turn, resynced]);

  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden && !isUnderWay.current) setTurn((count) => count + 1);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);

  return { ...state, reload: useCallback(() => setTurn((count) => count + 1), []) };
}
