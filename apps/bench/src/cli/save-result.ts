import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../environment.js'
import { BenchError, messageOf } from '../errors.js'

/**
 * Writes a result as `<kind>-<time>.json` into the folder, which is created if necessary, and its page beside it. Returns the path without
 * the extension.
 */
export async function saveResult(
  result: { kind: string; environment: Pick<Environment, 'date'> },
  page: string,
  folder: string,
): Promise<string> {
  const time = result.environment.date.replaceAll(/[-:]/g, '').slice(0, 15)
  const base = join(folder, `${result.kind}-${time}`)
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(`${base}.json`, `${JSON.stringify(result, null, 2)}\n`)
    await writeFile(`${base}.html`, page)
  } catch (error) {
    throw new BenchError(
      'LAGOON_BENCH_USAGE',
      `the result can't be saved in ${folder}: ${messageOf(error)}`,
      {
        hint: 'Name a folder that can be written with --out.',
        cause: error,
      },
    )
  }
  return base
}

/** Reads a saved result. Throws `LAGOON_BENCH_BASELINE` if it cannot be read or is of another kind. */
export async function readResult<T extends { kind: string }>(path: string, kind: string): Promise<T> {
  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new BenchError('LAGOON_BENCH_BASELINE', `${path} can't be read: ${messageOf(error)}`, {
      hint: 'Name a JSON file that the bench saved.',
      cause: error,
    })
  }
  if ((parsed as { kind?: unknown } | null)?.kind !== kind) {
    throw new BenchError('LAGOON_BENCH_BASELINE', `${path} is not a saved result of "${kind}"`, {
      hint: `Name a file saved by \`lagoon-bench ${kind}\`.`,
    })
  }
  return parsed as T
}
