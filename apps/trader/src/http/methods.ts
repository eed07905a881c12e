const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether the method only reads. */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}
