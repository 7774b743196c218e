// Says outcomes until the disk, or the limit of a file's size, ends it; prints what happened as one line of JSON.
import { open } from './open.js'

const [directory] = process.argv.slice(2)
const errors = []
const onError = (error) => errors.push(error.code)
const state = await open(directory, { commitEntries: 2000, commitIntervalMs: 5, onError })
const outcome = { said: 0, durable: 0, rejected: null }
while (outcome.rejected === null && outcome.said < 2_000_000) {
  for (let i = 0; i < 1000; i++) state.complete(`key ${outcome.said++}`)
  try {
    await state.flush()
    outcome.durable = outcome.said
  } catch (error) {
    outcome.rejected = error.code
  }
}
const seen = [...state.lookup(['key 0', `key ${outcome.said - 1}`, 'another'])]
const closed = await state.close().then(
  () => null,
  (error) => error.code,
)
process.stdout.write(`${JSON.stringify({ ...outcome, errors, seen, closed })}\n`)
