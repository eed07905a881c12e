/**
 * Who may change things here. API_TOKEN goes over the wire once, to be exchanged for a cookie that no script can read; the
 * page keeps only what proves that a change comes from it (ADR 0110).
 */
import { computed, signal } from '@preact/signals';
import { type ChangeOptions, get, send } from '../api/client';
import { ApiProblem } from '../api/problem';
import type { Session } from '../api/types';

const UNAUTHENTICATED = 401;

export const session = signal<Session | undefined>(undefined);
/** Whether a change would be refused for now. */
export const needsSignIn = computed(() => session.value?.required === true && !session.value.signedIn);

interface SignInRequest {
  readonly done: (isSignedIn: boolean) => void;
}

/** The sign-in form is shown while there is one. */
export const signInRequest = signal<SignInRequest | undefined>(undefined);

export async function loadSession(): Promise<void> {
  session.value = await get<Session>('/v1/session');
}

/** @throws ApiProblem for a wrong token */
export async function signIn(token: string): Promise<void> {
  session.value = await send<Session>('/v1/session', { headers: { authorization: `Bearer ${token}` } });
}

export async function signOut(): Promise<void> {
  session.value = await send<Session>('/v1/session', { method: 'DELETE', headers: proof() });
}

/** Shows the form. @returns whether the person signed in */
export function askToSignIn(): Promise<boolean> {
  signInRequest.peek()?.done(false);
  return new Promise((resolve) => {
    signInRequest.value = {
      done: (isSignedIn) => {
        signInRequest.value = undefined;
        resolve(isSignedIn);
      },
    };
  });
}

/** Thrown where a person would rather not sign in: nothing happened. */
export class NotSignedIn extends Error {
  override readonly name = 'NotSignedIn';

  constructor() {
    super('Not signed in: nothing was changed.');
  }
}

/**
 * A call that changes something: signs in first where that is needed, and once more where the session has ended.
 * @throws ApiProblem, NotSignedIn
 */
export async function change<Answer>(path: string, options: ChangeOptions = {}): Promise<Answer> {
  if (needsSignIn.peek() && !(await askToSignIn())) throw new NotSignedIn();
  try {
    return await send<Answer>(path, { ...options, headers: { ...options.headers, ...proof() } });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== UNAUTHENTICATED) throw error;
    await loadSession();
    if (!(await askToSignIn())) throw new NotSignedIn();
    return send<Answer>(path, { ...options, headers: { ...options.headers, ...proof() } });
  }
}

function proof(): Record<string, string> {
  const token = session.peek()?.csrfToken;
  return token === undefined || token === null ? {} : { 'x-csrf-token': token };
}
