/**
 * Run as its own process, so that a crash or a hang is seen from outside:
 *
 *   node read-mutants.mjs <seed> <inputs> [<first input>]
 *
 * Reads that many damaged fixtures through the built package. Each must either give as many rows as its footer announces,
 * or fail with a `ManifestError`. Prints what it is at on stderr, so that whoever has to kill it knows the input, and one
 * line of JSON at the end.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { ManifestError, openManifest } from '../../dist/index.js'
import { mutate, random } from './mutate.mjs'
import { peakMemoryMb } from './peak-memory.mjs'

const [seed, inputs, first = 0] = process.argv.slice(2).map(Number)
const directory = new URL('../fixtures/', import.meta.url)
const fixtures = readdirSync(directory)
  .filter((name) => name.endsWith('.parquet'))
  .sort()
  .map((name) => ({ name, bytes: readFileSync(new URL(name, directory)) }))

const outcomes = { read: 0, refused: 0 }
const codes = {}
const unexpected = []
let rows = 0

for (let input = first; input < first + inputs && unexpected.length < 20; input++) {
  const next = random(seed * 1_000_003 + input)
  const { name, bytes } = fixtures[Math.floor(next() * fixtures.length)]
  const mutant = mutate(bytes, next)
  if (input % 100 === 0) process.stderr.write(`input ${input}\n`)
  const store = { read: async ({ start, end }) => mutant.subarray(start, end) }
  try {
    const reader = await openManifest(
      store,
      { key: name, etag: 'e', sizeBytes: mutant.length },
      { bucket: 'lake', currentOnly: input % 2 === 0 },
    )
    let read = 0
    for await (const { keys, problems } of reader.batches()) {
      read += keys.length
      if (keys.filter((key) => key === null).length !== problems.length)
        unexpected.push({ input, name, problem: 'nulls' })
    }
    rows += read
    const isRight = reader.selective ? read <= reader.rows : read === reader.rows
    if (!isRight) unexpected.push({ input, name, problem: `${read} of ${reader.rows} rows` })
    outcomes.read++
  } catch (error) {
    if (!(error instanceof ManifestError)) unexpected.push({ input, name, problem: String(error?.stack) })
    outcomes.refused++
    codes[error.code] = (codes[error.code] ?? 0) + 1
  }
}
console.log(JSON.stringify({ ...outcomes, rows, codes, unexpected, peakMemoryMb: peakMemoryMb() }))
