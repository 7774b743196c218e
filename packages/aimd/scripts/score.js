// Prints what the law is worth over the simulator's families: `node packages/aimd/scripts/score.js [--seed-preset]
// [--events]`. Needs the package to be built. `--events` runs the event engine, on scenarios with not too many attempts.
import { performance } from 'node:perf_hooks'
import { createController, createGate } from '../dist/index.js'
import {
  families,
  heldBackSeeds,
  makeScenario,
  score,
  simulateEvents,
  tuneSeeds,
} from '../dist/simulator/index.js'

const preset = process.argv.includes('--seed-preset') ? 'seed' : 'adaptive'
const events = process.argv.includes('--events')
const create = () => createController({ preset })

const columns = ['mean', 'median', 'worst', 'in flight ÷ knee', 'p90', 'throttled', 'Jain', 'last third']
console.log(
  `preset ${preset}, ${events ? 'event' : 'fluid'} engine; goodput against the oracle, ramp included`,
)
report('tuned on', tuneSeeds)
report('held back', heldBackSeeds)
await costs()

function report(title, seeds) {
  const rows = events
    ? Object.keys(families).flatMap((family) => byEvents(family, seeds))
    : score(create, { seeds })
  console.log(`\n${title.padEnd(26)}${columns.map((name) => name.padStart(17)).join('')}`)
  for (const row of rows) {
    const { mean, median, worst } = row.goodput
    const cells = [
      ...[mean, median, worst].map((share) => `${(share * 100).toFixed(1)} %`),
      ...[row.inFlightOverKnee.median, row.inFlightOverKnee.p90].map((times) => times.toFixed(2)),
      `${(row.throttled * 100).toFixed(2)} %`,
      row.jain.toFixed(3),
      `${(row.lateGoodput * 100).toFixed(1)} %`,
    ]
    console.log(row.family.padEnd(26) + cells.map((cell) => cell.padStart(17)).join(''))
  }
  const all = rows.reduce((sum, row) => sum + row.goodput.mean, 0) / rows.length
  const lowest = Math.min(...rows.map((row) => row.goodput.median))
  console.log(
    `mean of all ${(all * 100).toFixed(2)} %, lowest median of a family ${(lowest * 100).toFixed(2)} %`,
  )
}

/** The event engine costs time for every attempt: scenarios that make do with three million of them, four of a family. */
function byEvents(family, seeds) {
  const small = seeds.filter((seed) => attempts(makeScenario(family, seed)) < 3e6).slice(0, 4)
  return score(create, { families: [family], seeds: small, engine: simulateEvents })
}

function attempts({ backend, durationMs }) {
  const served = (backend.knee(0) / backend.latencyMs(0)) * 1000
  const wire = backend.bytesPerSecond(0) / backend.objectBytes(0)
  return (Math.min(served, backend.perSecond(0), wire) * durationMs) / 1000
}

async function costs() {
  const controller = create()
  const sample = { succeeded: 1000, failed: 3, throttled: 0, bytes: 1e8, latencyMs: { p50: 40, p90: 80 } }
  const update = time(200_000, (n) => {
    const inFlight = controller.limit
    const elapsedMs = 1000 + (n % 7)
    controller.update({ ...sample, succeeded: Math.min(100, inFlight) * 20 + (n % 13), elapsedMs, inFlight })
  })
  const gate = createGate(64)
  const held = Array.from({ length: 32 }, () => gate.acquire())
  const free = time(2_000_000, (n) => {
    held[n % 32].release()
    held[n % 32] = gate.acquire()
  })
  const waited = await waiting(200_000)
  console.log(`\nan update ${update.toFixed(2)} µs`)
  console.log(`a permit that is free ${free.toFixed(3)} µs, one that is waited for ${waited.toFixed(2)} µs`)
}

/** The cost of a permit where sixteen times as many want one as there are. */
async function waiting(count) {
  const gate = createGate(16)
  const worker = async () => {
    for (let n = 0; n < count / 256; n += 1) {
      const permit = await gate.acquire()
      permit.release()
    }
  }
  const from = performance.now()
  await Promise.all(Array.from({ length: 256 }, worker))
  return ((performance.now() - from) * 1000) / count
}

function time(count, run) {
  for (let n = 0; n < count / 4; n += 1) run(n)
  const from = performance.now()
  for (let n = 0; n < count; n += 1) run(n)
  return ((performance.now() - from) * 1000) / count
}
