// Looks for traps: puts controllers through random histories of plain backends (others, walls, outages, noise, too little work) and then in
// front of a calm one for twenty minutes. `node packages/aimd/scripts/histories.js [how many, default 3000] [first seed]` counts those
// that get less than 95 % of its goodput in the second half, or keep more than 1.6 times its knee in flight (2.1 where that is under five).
// Needs the package to be built.
import { createController } from '../dist/index.js'
import { createRandom } from '../dist/simulator/index.js'

const MINUTE = 60_000
const [count = 3000, first = 1] = process.argv.slice(2).map(Number)
const worst = []
for (let seed = first; seed < first + count; seed += 1) {
  const { goodput, inFlight, knee } = afterHistory(createRandom(seed))
  if (goodput < 0.95 || inFlight > (knee < 5 ? 2.1 : 1.6)) worst.push({ seed, goodput, inFlight, knee })
}
console.log(`${worst.length} of ${count} have not found the knee within ten minutes`)
for (const { seed, goodput, inFlight, knee } of worst.toSorted((a, b) => a.goodput - b.goodput)) {
  const share = `${(goodput * 100).toFixed(1)} % of the goodput`
  console.log(`seed ${seed}, knee ${knee}: ${share}, ${inFlight.toFixed(2)} × the knee in flight`)
}

function afterHistory(random) {
  const base = anyBackend(random)
  const controller = createController()
  const ended = { carried: 0 }
  const changes = Math.floor(random.between(0, 4))
  for (let n = 0; n < changes; n += 1) {
    const backend = random.next() < 0.6 ? changed(base, random) : anyBackend(random)
    drive(controller, backend, random.logBetween(2000, 10 * MINUTE), random, ended)
  }
  const { latencyMs, knee, bytes } = base
  const calm = { latencyMs, knee, bytes }
  drive(controller, calm, 10 * MINUTE, random, ended)
  const { servedMs, inFlightMs, elapsedMs } = drive(controller, calm, 10 * MINUTE, random, ended)
  return { goodput: servedMs / elapsedMs / knee, inFlight: inFlightMs / elapsedMs / knee, knee }
}

function anyBackend(random) {
  const latencyMs = random.logBetween(2, 1000)
  const knee = Math.max(1, Math.round(random.logBetween(1, 900)))
  return {
    latencyMs,
    knee,
    bytes: random.logBetween(1e3, 1e8),
    ...(random.next() < 0.3 && { perMs: (knee / latencyMs) * random.logBetween(0.05, 1.2) }),
    ...(random.next() < 0.15 && { failed: random.between(0, 0.5) }),
    ...(random.next() < 0.15 && { work: random.logBetween(0.5, 100) }),
    ...(random.next() < 0.3 && { noise: random.between(0, 0.3) }),
    down: random.next() < 0.1,
  }
}

function changed(base, random) {
  const { knee, latencyMs } = base
  return {
    ...base,
    ...(random.next() < 0.5 && { knee: Math.max(1, Math.round(knee * random.logBetween(0.2, 5))) }),
    ...(random.next() < 0.4 && { latencyMs: latencyMs * random.logBetween(0.3, 3) }),
    ...(random.next() < 0.4 && { perMs: (knee / latencyMs) * random.logBetween(0.05, 1.2) }),
    down: random.next() < 0.1,
  }
}

function drive(controller, backend, forMs, random, ended) {
  const total = { servedMs: 0, inFlightMs: 0, elapsedMs: 0 }
  while (total.elapsedMs < forMs) {
    const { limit, intervalMs } = controller
    controller.update(windowOf(backend, limit, intervalMs, random, ended))
    total.servedMs += Math.min(limit, backend.knee) * intervalMs
    total.inFlightMs += limit * intervalMs
    total.elapsedMs += intervalMs
  }
  return total
}

/** `ended.carried`: the part of an attempt that the windows before have left. */
function windowOf(backend, limit, elapsedMs, random, ended) {
  const { knee, work = Infinity, perMs = Infinity, noise = 0, down = false, bytes } = backend
  const inFlight = Math.min(limit, work)
  const latencyMs = backend.latencyMs * (noise === 0 ? 1 : random.lognormal(noise))
  const offered = (Math.min(inFlight, knee) / latencyMs) * elapsedMs
  const through = Math.min(offered, perMs * elapsedMs)
  if (down) {
    const failed = Math.round((inFlight * elapsedMs) / 5000)
    return { elapsedMs, succeeded: 0, failed, throttled: 0, bytes: 0, latencyMs: null, inFlight }
  }
  ended.carried += through
  const whole = Math.floor(ended.carried)
  ended.carried -= whole
  const failed = Math.round(whole * (backend.failed ?? 0))
  const succeeded = whole - failed
  const p50 = latencyMs * Math.max(1, inFlight / knee)
  return {
    elapsedMs,
    succeeded,
    failed,
    throttled: Math.round(offered - through),
    bytes: succeeded * bytes,
    latencyMs: succeeded === 0 ? null : { p50, p90: p50 * 1.5 },
    inFlight,
  }
}
