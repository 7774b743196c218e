/** Says on standard error how far a command has come; standard output is for results. */
export interface Progress {
  /** A line of its own, such as what is being started. */
  say(text: string): void
  /** One of the expected steps is done. */
  step(text: string): void
}

/** `total` steps are to come. `write` is for tests. */
export function createProgress(
  total: number,
  write: (text: string) => void = (text) => process.stderr.write(text),
): Progress {
  let done = 0
  const width = String(total).length
  return {
    say(text) {
      write(`${text}\n`)
    },
    step(text) {
      done += 1
      write(`[${String(done).padStart(width)}/${total}] ${text}\n`)
    },
  }
}
