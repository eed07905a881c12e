/** What stands where an answer is awaited, missing or empty. */
import type { ComponentChildren } from 'preact';
import type { Resource } from '../store/resource';

/** Shows the answer once there is one, with a note while the newest attempt failed. */
export function Loaded<Value>({
  of: resource,
  children,
}: {
  of: Resource<Value>;
  children: (value: Value) => ComponentChildren;
}) {
  const { value, error } = resource;
  if (value === undefined && error === undefined) return <p class="note">Loading …</p>;
  return (
    <>
      {error !== undefined && <Failure message={error} onRetry={resource.reload} />}
      {value !== undefined && children(value)}
    </>
  );
}

export function Failure({ message, onRetry }: { message: string; onRetry?: () => void }) {
  return (
    <div class="failure" role="alert">
      <span>{message}</span>
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
