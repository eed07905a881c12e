import { signal } from '@preact/signals';
import { ROUTES } from '../routes';
import { shortcuts } from '../store/preferences';
import { Dialog } from '../ui/dialog';

const isOpen = signal(false);

export function openHelp(): void {
  isOpen.value = true;
}

export function Help() {
  if (!isOpen.value) return null;
  return (
    <Dialog
      title="Keyboard"
      onClose={() => {
        isOpen.value = false;
      }}
    >
      <dl class="keys">
        {ROUTES.map(({ name, title, key }) => (
          <div key={name}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{title}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>Search on this page</dd>
        </div>
        <div>
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>This help</dd>
        </div>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>Close what is open</dd>
        </div>
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={shortcuts.value}
          onChange={(event) => {
            shortcuts.value = event.currentTarget.checked;
          }}
        />
        Single keys do something
      </label>
      <div class="actions end">
        <button
          type="button"
          class="primary"
          onClick={() => {
            isOpen.value = false;
          }}
        >
          Close
        </button>
      </div>
    </Dialog>
  );
}
