import { readFile, rename, writeFile } from 'node:fs/promises'
import { BenchError, messageOf } from '../errors.js'

/**
 * Stores the finished steps of a long command in a file, so that a stopped command can continue: a finished step returns its stored result.
 * The file belongs to one set of options, and is replaced as a whole after each step.
 */
interface TuningCheckpoint {
  path: string
  /** Finished steps of an earlier run. */
  resumed: number
  step<T>(name: string, compute: () => Promise<T>): Promise<T>
}

interface Stored {
  kind: 'checkpoint'
  options: unknown
  steps: Record<string, unknown>
}

/**
 * Opens or creates the file. `options` must be the same in a resumed run; throws `LAGOON_BENCH_BASELINE` if they differ or the file cannot
 * be read.
 */
export async function openCheckpoint(
  path: string,
  options: unknown,
  resume: boolean,
): Promise<TuningCheckpoint> {
  const stored: Stored = resume ? await load(path, options) : { kind: 'checkpoint', options, steps: {} }
  return {
    path,
    resumed: Object.keys(stored.steps).length,
    async step(name, compute) {
      if (Object.hasOwn(stored.steps, name)) return stored.steps[name] as Awaited<ReturnType<typeof compute>>
      const value = await compute()
      stored.steps[name] = value
      await writeFile(`${path}.partial`, JSON.stringify(stored))
      await rename(`${path}.partial`, path)
      return value
    },
  }
}

async function load(path: string, options: unknown): Promise<Stored> {
  let stored: Partial<Stored> | null
  try {
    stored = JSON.parse(await readFile(path, 'utf8')) as Partial<Stored> | null
  } catch (error) {
    throw new BenchError('LAGOON_BENCH_BASELINE', `${path} can't be resumed: ${messageOf(error)}`, {
      cause: error,
    })
  }
  if (stored?.kind !== 'checkpoint' || typeof stored.steps !== 'object' || stored.steps === null) {
    throw new BenchError('LAGOON_BENCH_BASELINE', `${path} holds no stopped tuning`)
  }
  if (JSON.stringify(stored.options) !== JSON.stringify(options)) {
    throw new BenchError('LAGOON_BENCH_BASELINE', `${path} was begun with other options`, {
      hint: `Resume with the same: ${JSON.stringify(stored.options)}.`,
    })
  }
  return stored as Stored
}
