/** A line for people who wait. On stderr, to keep the program's own output clean. */
export function progressLine(text: string): void {
  process.stderr.write(`testkit: ${text}\n`)
}

/** Shows that a long step continues: a line with the elapsed time every `everyMs` (default 15 s), until the returned function is called. */
export function heartbeat(what: () => string, everyMs = 15_000): () => void {
  const startedAt = Date.now()
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1000)
    const elapsed = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    progressLine(`${what()}, ${elapsed} elapsed`)
  }, everyMs)
  return () => clearInterval(timer)
}
