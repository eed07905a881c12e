/** What was found a moment ago is told again: however often probes come, what they look at is asked once a second. */
const RECENT_MS = 1_000;

export class Recent<T> {
  private found: { readonly at: number; readonly answer: Promise<T> } | undefined;

  constructor(
    private readonly look: () => Promise<T>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Who asks while the look is under way shares it; one that failed is not told again. */
  get(): Promise<T> {
    const { found } = this;
    if (found !== undefined && this.now() - found.at < RECENT_MS) return found.answer;
    const entry = { at: this.now(), answer: this.look() };
    this.found = entry;
    entry.answer.catch(() => {
      if (this.found === entry) this.found = undefined;
    });
    return entry.answer;
  }
}
