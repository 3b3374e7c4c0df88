/** When a crashed server may be started again: at most four times in three minutes, so that a broken one does not loop. */
export class CrashGuard {
  private readonly times: number[] = [];

  constructor(
    private readonly now: () => number = Date.now,
    private readonly most = 4,
    private readonly windowMs = 180_000,
  ) {}

  /** Counts a crash and tells whether to start again. */
  mayRestart(): boolean {
    const now = this.now();
    this.times.push(now);
    while (this.times.length && now - (this.times[0] ?? now) > this.windowMs) this.times.shift();
    return this.times.length <= this.most;
  }
}
