// Says something and leaves it at that: neither flushes nor closes.
import { open } from './open.js'

const [directory] = process.argv.slice(2)
const state = await open(directory, { commitIntervalMs: 20, commitEntries: 10 })
for (let i = 0; i < 25; i++) {
  for (let j = 0; j < 20; j++) state.complete(`${i} ${j}`)
  await state.flush()
}
// Merges are due now, and their timer alone would not keep the process.
await new Promise((resolve) => setImmediate(resolve))
state.complete('last')
