// Opens each of the states named, reads all of it, writes to it, and says what became of it: `used`, or the code of the error.
import { writeSync } from 'node:fs'
import { openStateReadOnly } from '../../dist/index.js'
import { open } from './open.js'

const [count, ...directories] = process.argv.slice(2)
const keys = Array.from({ length: Number(count) }, (_, i) => `k${i}`)

async function useAll(directory) {
  const state = await open(directory)
  try {
    const all = [state.failures(), state.manifests(), state.runs(), state.uploads.entries()].map((each) => [
      ...each,
    ])
    for (const { key, etag } of all[1]) state.manifest({ key, etag }).isRowGroupSettled(0)
    state.counts()
    const known = state.lookup(keys)
    state.startRun({})
    keys.forEach((key, i) => {
      if (known[i] !== 1) state.complete(key)
    })
    for (const [name] of all[3]) state.uploads.delete(name)
    for (let i = 0; i < 500; i++) state.complete(`new ${i}`)
    await state.flush()
    await state.finishRun({})
  } finally {
    await state.close()
  }
  const reader = await openStateReadOnly({ directory })
  reader.lookup(keys)
  await reader.close()
}

for (const directory of directories) {
  try {
    await useAll(directory)
    writeSync(1, 'used\n')
  } catch (error) {
    writeSync(
      1,
      `${error.code ?? error.stack}
`,
    )
  }
}
