import { useId, useState } from 'preact/hooks';
import { question } from '../store/questions';
import { Dialog } from '../ui/dialog';

export function Confirmation() {
  const asked = question.value;
  return asked === undefined ? null : <Asked key={asked.title} />;
}

function Asked() {
  const [typed, setTyped] = useState('');
  const id = useId();
  const asked = question.value;
  if (asked === undefined) return null;
  const { title, text, action, isDangerous = false, typed: expected, answer } = asked;
  const isComplete = expected === undefined || typed.trim() === expected;
  return (
    <Dialog title={title} onClose={() => answer(false)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete) answer(true);
        }}
      >
        <p>{text}</p>
        {expected !== undefined && (
          <div class="field">
            <label for={id}>
              Type <code>{expected}</code> to go on
            </label>
            <input
              id={id}
              value={typed}
              autocomplete="off"
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </div>
        )}
        <div class="actions end">
          <button type="button" autofocus onClick={() => answer(false)}>
            Cancel
          </button>
          <button type="submit" class={isDangerous ? 'danger' : 'primary'} disabled={!isComplete}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
