import { useId, useState } from 'preact/hooks';
import { ApiProblem, messageOf } from '../api/problem';
import { signIn, signInRequest } from '../store/session';
import { Dialog } from '../ui/dialog';

const UNAUTHENTICATED = 401;

export function SignIn() {
  return signInRequest.value === undefined ? null : <Form />;
}

/** Takes the token, hands it over, and forgets it. */
function Form() {
  const [token, setToken] = useState('');
  const [error, setError] = useState<string | undefined>();
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const close = (isSignedIn: boolean): void => signInRequest.value?.done(isSignedIn);

  const submit = async (): Promise<void> => {
    if (isBusy || token === '') return;
    setBusy(true);
    try {
      await signIn(token);
      setToken('');
      close(true);
    } catch (reason) {
      const isWrong = reason instanceof ApiProblem && reason.status === UNAUTHENTICATED;
      setError(
        isWrong ? 'This token is wrong. It is the value of API_TOKEN of the service.' : messageOf(reason),
      );
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title="Sign in" onClose={() => close(false)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p>Looking is free. Whoever changes anything needs the API_TOKEN of this service.</p>
        <div class="field">
          <label for={id}>Token</label>
          <input
            id={id}
            type="password"
            autocomplete="current-password"
            autofocus
            required
            value={token}
            aria-invalid={error !== undefined}
            aria-describedby={`${id}-error`}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
          <p id={`${id}-error`} role="alert" class="field-error">
            {error}
          </p>
        </div>
        <div class="actions end">
          <button type="button" onClick={() => close(false)}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isBusy}>
            Sign in
          </button>
        </div>
      </form>
    </Dialog>
  );
}
