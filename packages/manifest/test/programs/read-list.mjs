/**
 * Run as its own process, with its heap limited from outside:
 *
 *   node read-list.mjs <file> <format>
 *
 * Reads a key list through the built package. Prints one line of JSON.
 */
import { fileSource, openKeyList } from '../../dist/index.js'
import { peakMemoryMb } from './peak-memory.mjs'

const [path, format] = process.argv.slice(2)
const keys = []
const problems = []
let code = null
try {
  for await (const batch of openKeyList(fileSource(path), { bucket: 'lake', format }).batches()) {
    keys.push(...batch.keys)
    problems.push(...batch.problems.map((problem) => problem.code))
  }
} catch (error) {
  code = error.code
}
console.log(JSON.stringify({ keys, problems, code, peakMemoryMb: peakMemoryMb() }))
