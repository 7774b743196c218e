/** Beyond it the thread that reads, admits and records is what a run waits for. */
const MOST_BY_DEFAULT = 8

/**
 * How many threads copy, if nobody says. One thread copies thousands of small objects a second and hands over none of them; more pay only where
 * cores would be idle, with the stores elsewhere. Measured in docs/adr/0008-threads.md.
 *
 * @param cores that this process may use
 */
export function defaultThreads(cores: number): number {
  return Math.min(MOST_BY_DEFAULT, Math.max(1, Math.floor(cores / 4)))
}
