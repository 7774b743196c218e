// Says outcomes until the disk, or the limit of a file's size, ends it; prints what happened as one line of JSON.
import { openState } from '../../dist/index.js'

const [directory] = process.argv.slice(2)
const identity = { source: 'http://a/one', destination: 'http://b/two' }
const state = await openState({ directory, identity, diskFloorBytes: 0, commitEntries: 2000, commitIntervalMs: 5 })
const errors = []
state.onError = (error) => errors.push(error.code)
let said = 0
let durable = 0
let rejected = null
while (rejected === null && said < 2_000_000) {
  for (let i = 0; i < 1000; i++) state.complete(`key ${said++}`)
  await state.flush().then(
    () => (durable = said),
    (error) => (rejected = error.code),
  )
}
const seen = [...state.lookup(['key 0', `key ${said - 1}`, 'another'])]
const closed = await state.close().then(
  () => null,
  (error) => error.code,
)
process.stdout.write(`${JSON.stringify({ said, durable, rejected, errors, seen, closed })}\n`)
