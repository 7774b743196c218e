// Measures what the defaults are worth that differ from the Python tool's, on the held-back seeds:
// `node packages/aimd/scripts/defaults.js`. Needs the package to be built.
import { createController } from '../dist/index.js'
import { score } from '../dist/simulator/index.js'

const variants = [
  ['the defaults', () => createController()],
  ['windows of 10 s always', () => every(10_000, createController({ intervalMs: 10_000 }))],
  ['windows of 5 s always', () => every(5000, createController({ intervalMs: 5000 }))],
  ['windows of 1 s always', () => every(1000, createController())],
  ['intervalMs 10,000', () => createController({ intervalMs: 10_000 })],
  ['minIntervalMs 1,000', () => createController({ minIntervalMs: 1000 })],
  ['warmupIntervals 3', () => createController({ warmupIntervals: 3 })],
  ['minConcurrency 16', () => createController({ minConcurrency: 16 })],
  ['queueFactor 0.5', () => createController({ queueFactor: 0.5 })],
  ['queueFactor 2', () => createController({ queueFactor: 2 })],
  ['drainBudget 0.008', () => createController({ drainBudget: 0.008 })],
  ["preset 'seed'", () => createController({ preset: 'seed' })],
]

console.log(
  'variant'.padEnd(26) + ['goodput', 'lowest median', 'in flight, tiny', 'Jain of four'].map(right).join(''),
)
for (const [name, create] of variants) {
  const rows = score(create)
  const goodput = rows.reduce((sum, row) => sum + row.goodput.mean, 0) / rows.length
  const lowest = Math.min(...rows.map((row) => row.goodput.median))
  const tiny = rows.find((row) => row.family === 'tiny').inFlightOverKnee.median
  const jain = rows.find((row) => row.family === 'four share').jain
  const shares = [goodput, lowest].map((share) => `${(share * 100).toFixed(1)} %`)
  console.log(name.padEnd(26) + [...shares, `${tiny.toFixed(1)} × knee`, jain.toFixed(3)].map(right).join(''))
}

function right(cell) {
  return cell.padStart(17)
}

/** The same controller, asked only so often. */
function every(intervalMs, controller) {
  return {
    get limit() {
      return controller.limit
    },
    intervalMs,
    update: (sample) => controller.update(sample),
  }
}
