import type { AttemptRunner } from '@lagoon/transfer'

/**
 * A runner that tells how many bytes have arrived. The copier hands every unit of work to its runner: a whole small
 * object, or one part of a large one. So progress, like permits and retries, is a matter of wrapping one.
 */
export function withProgress(runner: AttemptRunner, onBytes: (bytes: number) => void): AttemptRunner {
  let total = 0
  return {
    run: (attempt) =>
      runner.run(async (signal) => {
        const result = await attempt(signal)
        if (result.ok && result.bytes !== undefined) onBytes((total += result.bytes))
        return result
      }),
  }
}
