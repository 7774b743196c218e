// How the law does in front of soft knees, on calm machines and on one that is now slower, now faster: `node packages/aimd/scripts/soft.js [how
// many runs of each, default 40]`. Prints the share of the best fixed concurrency's goodput, ramp included, and what was in flight. Needs the package to be built.
import { createController } from '../dist/index.js'
import { createRandom } from '../dist/simulator/index.js'

const [runs = 40] = process.argv.slice(2).map(Number)
/** Ends of the reported periods, s. */
const ends = [45, 90, 300, 1500]

/** By how much of the capacity is used when so many are in flight, and the capacity, attempts a ms. */
const backends = {
  'n ÷ (n + 1), worse beyond 32': {
    perMs: 2.8,
    used: (n) => n / (n + 1) / (1 + 0.002 * Math.max(0, n - 32)),
  },
  'n ÷ (n + 4)': { perMs: 5, used: (n) => n / (n + 4) },
  'n ÷ (n + 4), 50 times slower': { perMs: 0.1, used: (n) => n / (n + 4) },
  'soft knee at 12': { perMs: 1, used: (n) => 1 / Math.hypot(1, 12 / n) },
  'soft knee at 100': { perMs: 2, used: (n) => 1 / Math.hypot(1, 100 / n) },
  'hard knee at 2': { perMs: 0.5, used: (n) => Math.min(1, n / 2) },
  'hard knee at 8': { perMs: 2.5, used: (n) => Math.min(1, n / 8) },
  'hard knee at 200': { perMs: 2.5, used: (n) => Math.min(1, n / 200) },
}

/** Deviations of the pace in the logarithm: of what stays for some ten seconds, and of what differs from second to second. */
const machines = { calm: { slow: 0, quick: 0 }, 'with other work': { slow: 0.07, quick: 0.03 } }

const candidates = Array.from({ length: 512 }, (_, index) => index + 1)
console.log(
  `share of the best fixed concurrency's goodput so far (and mean in flight since the column before)\n`,
)
console.log(['machine', 'backend', 'best', ...ends.map((end) => `${end} s`)].map(column).join(''))
for (const [machine, scatter] of Object.entries(machines))
  for (const [name, backend] of Object.entries(backends)) {
    const best = candidates.reduce((a, b) => (backend.used(b) > backend.used(a) * 1.0001 ? b : a))
    const all = Array.from({ length: runs }, (_, index) =>
      run(backend, scatter, best, createRandom(index + 1)),
    )
    const told = ends.map((_, at) => {
      const [share, inFlight] = ['share', 'inFlight'].map((key) => median(all.map((one) => one[at][key])))
      return `${(share * 100).toFixed(1)} % (${inFlight.toFixed(1)})`
    })
    console.log([machine, name, String(best), ...told].map(column).join(''))
  }

function run({ perMs, used }, { slow, quick }, best, random) {
  const controller = createController()
  const told = []
  let [timeMs, pace, carried, got, ideal, inFlightMs, sinceMs] = [0, 0, 0, 0, 0, 0, 0]
  while (told.length < ends.length) {
    const { limit, intervalMs: elapsedMs } = controller
    const kept = Math.exp(-elapsedMs / 10_000)
    pace = kept * pace + Math.sqrt(1 - kept * kept) * slow * random.normal()
    const most = perMs * elapsedMs * Math.exp(pace + quick * Math.sqrt(1000 / elapsedMs) * random.normal())
    const through = most * used(limit)
    const succeeded = Math.floor(through + carried)
    carried += through - succeeded
    got += through
    ideal += most * used(best)
    inFlightMs += limit * elapsedMs
    timeMs += elapsedMs
    sinceMs += elapsedMs
    const p50 = (limit * elapsedMs) / Math.max(1, succeeded)
    const latencyMs = succeeded === 0 ? null : { p50, p90: 2 * p50 }
    const bytes = Math.round(succeeded * 30_000 * random.lognormal(0.1))
    controller.update({ elapsedMs, succeeded, failed: 0, throttled: 0, bytes, latencyMs, inFlight: limit })
    if (timeMs < ends[told.length] * 1000) continue
    told.push({ share: got / ideal, inFlight: inFlightMs / sinceMs })
    inFlightMs = sinceMs = 0
  }
  return told
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

function column(text, index) {
  return index < 3 ? text.padEnd([17, 30, 6][index]) : text.padStart(17)
}
