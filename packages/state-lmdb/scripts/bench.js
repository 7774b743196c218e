// Measures the state: `node scripts/bench.js [keys ...]`, by default 1,000,000 and 10,000,000, each in its own process.
// Figures are per second of CPU time (user + system), which other load on the machine changes least, and of wall time.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openState } from '../dist/index.js'

const BATCH = 8192
const SAMPLE = 2_000_000

const [mode, ...rest] = process.argv.slice(2)
if (mode === '--measure')
  process.stdout.write(`${JSON.stringify(await measure(Number(rest[0]), rest[1] === 'versions'))}\n`)
else {
  const sizes = [mode, ...rest].filter(Boolean).map(Number)
  for (const keys of sizes.length > 0 ? sizes : [1e6, 1e7]) {
    for (const versions of keys > 1e7 ? ['versions'] : ['none', 'versions']) {
      const script = fileURLToPath(import.meta.url)
      const { stdout } = spawnSync(process.execPath, [script, '--measure', `${keys}`, versions], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      process.stdout.write(stdout)
    }
  }
}

async function measure(count, versions) {
  const directory = mkdtempSync(join(tmpdir(), 'lagoon-state-bench-'))
  const options = { directory, identity: { source: 'bench', destination: 'bench' } }
  try {
    let state = await openState(options)
    const anonymous = watchAnonymousMemory()
    const record = await timed(count, async () => {
      for (let i = 0; i < count; i++) {
        state.complete(key(i), versions ? `etag-${i & 1023}` : null)
        const wait = state.idle()
        if (wait !== null) await wait
      }
      await state.flush()
    })
    const file = join(directory, 'state.mdb')
    const bytesPerKey = statSync(file).size / count
    const anonymousMiB = anonymous.peak()
    await state.close()
    const opening = performance.now()
    state = await openState(options)
    state.lookup([key(1)])
    const openMs = performance.now() - opening
    const found = lookups(state, count, '')
    const missed = lookups(state, count, 'x')
    const merging = performance.now()
    await state.compact()
    const compactMs = performance.now() - merging
    const foundInOneRun = lookups(state, count, '')
    const bytesPerKeyInOneRun = statSync(file).size / count
    await state.close()
    return round({
      keys: count,
      versions,
      bytesPerKey,
      record,
      anonymousMiB,
      openMs,
      found,
      missed,
      compactMs,
      foundInOneRun,
      bytesPerKeyInOneRun,
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function key(i) {
  return `lake/raw/2024/08/17/part-${String(i).padStart(10, '0')}-abcdefgh.parquet`
}

/** Looks keys up in batches that jump over the whole range; the keys are made beforehand. */
function lookups(state, count, prefix) {
  const total = Math.min(count, SAMPLE)
  let best = { perCpuSecond: 0, perSecond: 0 }
  for (let round = 0; round < 3; round++) {
    let cpu = 0
    let wall = 0
    for (let done = 0; done < total; done += BATCH) {
      const keys = Array.from({ length: BATCH }, (_, i) => prefix + key(((done + i) * 7919) % count))
      const usage = process.cpuUsage()
      const begun = performance.now()
      const answers = state.lookup(keys)
      wall += performance.now() - begun
      const { user, system } = process.cpuUsage(usage)
      cpu += user + system
      if (answers.some((answer) => answer !== (prefix === '' ? 1 : 0))) throw new Error('a wrong answer')
    }
    const looked = Math.ceil(total / BATCH) * BATCH
    const figures = { perCpuSecond: (looked / cpu) * 1e6, perSecond: (looked / wall) * 1e3 }
    if (figures.perCpuSecond > best.perCpuSecond) best = figures
  }
  return best
}

async function timed(count, action) {
  const usage = process.cpuUsage()
  const begun = performance.now()
  await action()
  const wall = performance.now() - begun
  const { user, system } = process.cpuUsage(usage)
  return { perCpuSecond: (count / (user + system)) * 1e6, perSecond: (count / wall) * 1e3 }
}

/** Memory that is not the mapped file, whose pages the system takes back at will. */
function watchAnonymousMemory() {
  let peak = 0
  const look = () => {
    const line = /RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))
    peak = Math.max(peak, Number(line?.[1] ?? 0) / 1024)
  }
  const timer = setInterval(look, 20)
  return {
    peak() {
      clearInterval(timer)
      look()
      return peak
    },
  }
}

function round(value) {
  if (typeof value === 'number') return Number(value.toPrecision(4))
  if (typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === 'keys' ? item : round(item)]),
  )
}
