/**
 * Run as its own process, with its heap limited from outside:
 *
 *   node read-many-rows.mjs <file> <times>
 *
 * Reads the rows of a Parquet file so many times over. Prints one line of JSON.
 */
import { localManifest, openManifest } from '../../dist/index.js'
import { peakMemoryMb } from './peak-memory.mjs'

const [path, times] = process.argv.slice(2)
const { store, ref } = await localManifest(path)
let rows = 0
for (let time = 0; time < Number(times); time++) {
  const reader = await openManifest(store, ref, { bucket: 'lake' })
  for await (const batch of reader.batches()) rows += batch.keys.length
}
console.log(JSON.stringify({ rows, peakMemoryMb: peakMemoryMb() }))
