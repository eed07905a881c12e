import { dismiss, notices } from '../store/notices';

export function Notices() {
  const all = notices.value;
  const shown = (tone: 'info' | 'error') =>
    all
      .filter((notice) => notice.tone === tone)
      .map(({ id, text }) => (
        <div key={id} class={`notice ${tone}`}>
          <span>{text}</span>
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ));
  // Both regions are there from the start: a screen reader hears only what changes in one it knows.
  return (
    <div class="notices">
      <div role="status">{shown('info')}</div>
      <div role="alert">{shown('error')}</div>
    </div>
  );
}
