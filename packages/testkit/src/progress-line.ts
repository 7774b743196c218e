/** One line for whoever waits. On stderr, so that a program's own output stays its own. */
export function progressLine(text: string): void {
  process.stderr.write(`testkit: ${text}\n`)
}
