// Says outcomes and marks until it is killed, and writes what it said and what was flushed to standard output.
import { writeSync } from 'node:fs'
import { open } from './open.js'

const [directory, start, commitEntries] = process.argv.slice(2)
const state = await open(directory, {
  chunkBytes: 128,
  segmentChunks: 3,
  commitEntries: Number(commitEntries),
  commitIntervalMs: 1,
})
state.startRun({})

const GROUP = 50
const manifest = { key: `manifest/${start}`, etag: 'e' }
const record = state.manifest(manifest)
let row = 0
for (let group = 0; ; group++) {
  writeSync(1, `said ${row + GROUP}\n`)
  for (let end = row + GROUP; row < end; row++) {
    const key = `${start}/${row}`
    if (row % 10 === 3) {
      state.fail({
        manifest,
        rowGroup: group,
        row,
        key,
        class: 'missing',
        code: 'C',
        message: '',
        attempts: 1,
        time: 1,
      })
    } else state.complete(key, row % 3 === 0 ? 'version' : null)
    // A failed key that succeeds later.
    if (row % 20 === 13) state.complete(key)
  }
  record.settleRowGroup(group, GROUP)
  if (group % 3 === 2) {
    await state.flush()
    writeSync(1, `durable ${row}\n`)
  } else await (state.idle() ?? new Promise((resolve) => setImmediate(resolve)))
}
