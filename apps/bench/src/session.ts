import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchError } from './errors.js'

/** What a command holds while it runs: a folder for its files, a signal that says stop, and what has to be undone. */
export interface Session {
  /** Temporary; gone at the end. */
  directory: string
  /** Aborts at the first SIGINT or SIGTERM. */
  signal: AbortSignal
  /** Undone at the end in the reverse order, whether the command went well or not. */
  defer(undo: () => Promise<void>): void
}

/**
 * Runs a command with a session. The first SIGINT or SIGTERM ends what runs and cleans up; a second one leaves at
 * once, servers and temporary files removed by the handlers for the end of the process.
 */
export async function withSession<T>(command: (session: Session) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-bench-'))
  const stop = new AbortController()
  const undos: (() => Promise<void>)[] = []
  const removeNow = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', removeNow)
  const onSignal = (name: NodeJS.Signals): void => {
    const exitCode = name === 'SIGINT' ? 130 : 143
    if (stop.signal.aborted) process.exit(exitCode)
    process.stderr.write('\nStopping: ending what runs and cleaning up. Once more to leave at once.\n')
    stop.abort(new BenchError('LAGOON_BENCH_INTERRUPTED', `stopped by ${name}`, { exitCode }))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    return await command({ directory, signal: stop.signal, defer: (undo) => undos.push(undo) })
  } catch (error) {
    // Whatever broke because everything is being stopped, the signal is the reason.
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    for (const undo of undos.reverse()) {
      await undo().catch((error: unknown) => process.stderr.write(`while cleaning up: ${String(error)}\n`))
    }
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    process.off('exit', removeNow)
  }
}
