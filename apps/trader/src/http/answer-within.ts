/** The answer if it comes in time; else, or when it fails, the Error. */
export async function answerWithin<T>(timeoutMs: number, answer: Promise<T>): Promise<T | Error> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  const settled = answer.catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  const first = await Promise.race([settled, late]);
  clearTimeout(timer);
  return first;
}
