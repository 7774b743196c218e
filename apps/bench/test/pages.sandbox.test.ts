import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare } from '../src/commands/compare.js'
import { controller } from '../src/commands/controller.js'
import { memory } from '../src/commands/memory.js'
import { micro } from '../src/commands/micro.js'
import { scale } from '../src/commands/scale.js'
import { simulate } from '../src/commands/simulate.js'
import { smallObjects } from '../src/commands/small-objects.js'
import { startup } from '../src/commands/startup.js'
import { throughput } from '../src/commands/throughput.js'
import { tune } from '../src/commands/tune.js'
import { turns } from '../src/commands/turns.js'
import type { Report } from '../src/report/report.js'
import { summarize } from '../src/statistics.js'
import { lawDefaults } from '../src/tuning/candidates.js'
import { renderHtml } from '../dist/report/html.js'
import { drawnPlots, excused, launch, openReport } from './chromium.js'
import { copyFindings, session } from './samples.js'

const figure = summarize([1, 2, 3])!

const account = {
  bytesPerSecond: 1e6,
  objectsPerSecond: 100,
  steadyBytesPerSecond: 1.1e6,
  throttled: 0.01,
  throttledLater: null,
  inFlight: 8,
}

const timeline = {
  progress: [1, 2, 3].map((second) => ({
    timeMs: second * 1000,
    objectsPerSecond: 100 * second,
    bytesPerSecond: 1e6,
    inFlight: 8 * second,
    limit: 8 * second,
    completed: 100 * second,
    bytes: 1e6 * second,
    throttled: 0,
  })),
  decisions: [{ timeMs: 1500, action: 'increase', limit: 16, previous: 8, reason: 'ramp: nothing waits' }],
}

const candidate = { name: 'defaults', flags: [], objectsPerSecond: [900, 1000], throttledShare: 0 }

/** A report of every command, and how many plots it draws. */
const pages: Record<string, { plots: number; page: () => Promise<Report> | Report }> = {
  compare: { plots: 0, page: () => compare.describe(copyFindings()) },
  throughput: { plots: 0, page: () => throughput.describe(copyFindings()) },
  controller: {
    plots: 1,
    page: () => {
      const contenders = [
        { concurrency: 4, runs: [account] },
        { concurrency: 'controller' as const, runs: [account] },
      ]
      const workloads = [{ workload: 'small', screening: contenders, contenders, verdict: null, timeline }]
      return controller.describe({ seconds: 90, settleSeconds: 15, workloads })
    },
  },
  turns: {
    plots: 1,
    page: () => {
      const ratio = { mean: 0.98, error: 0.01, pairs: 20 }
      const rates = { objectsPerSecond: 100, bytesPerSecond: 1e6, inFlight: 8, throttled: 0 }
      const best = { concurrency: 8, ...rates, whole: ratio, steady: ratio }
      const own = { concurrency: 'controller' as const, ...rates, whole: null, steady: null }
      const verdict = { contenders: [best, own], best }
      const times = { turnSeconds: 3, seconds: 60, settleSeconds: 15 }
      const workloads = [{ workload: 'mixed', verdict, rounds: [], timeline }]
      return turns.describe({ ...times, workloads })
    },
  },
  'small-objects': {
    plots: 0,
    page: () => {
      const runs = [{ ...account, steadyObjectsPerSecond: 4800 }]
      const task = { latencyMs: 50, inFlight: 512, allowedPerSecond: 5120 }
      return smallObjects.describe({ ...task, runs })
    },
  },
  startup: {
    plots: 0,
    page: () => {
      const startups = [{ name: 'node -e 0', wallMs: [1, 2], cpuMs: [null], timesNode: 1 }]
      return startup.describe({ startups })
    },
  },
  scale: {
    plots: 0,
    page: () => {
      const rate = { perSecond: 1e6, perCpuSecond: 1e6 }
      const dryRun = { wallMs: 2000, cpuMs: 2500, peakMemoryBytes: 2 ** 27 }
      const created = [{ listings: 8, order: 'sorted' as const, perSecond: 9000, peakMemoryBytes: 2 ** 27 }]
      const size = {
        keys: 1e6,
        manifests: { files: 1, bytes: 2e6 },
        bytesPerKey: 18,
        recorded: rate,
        recordMemoryBytes: 2 ** 27,
        lookedUp: rate,
        lookUpMemoryBytes: 2 ** 27,
        read: rate,
        readMemoryBytes: null,
        finishedRunMs: 200,
        finishedRunCpuMs: 150,
        finishedRunMemoryBytes: 2 ** 26,
        nodeMs: 30,
        dryRuns: { none: dryRun, half: dryRun, all: { ...dryRun, cpuMs: null } },
      }
      const listing = { objects: 1e5, barePerSecond: 8000, created }
      return scale.describe({ sizes: [size, { ...size, keys: 1e7 }], listing })
    },
  },
  simulate: {
    plots: 2,
    page: async () => {
      const flags = {
        law: ['adaptive', 'seed'],
        family: ['rate wall'],
        scenarios: 1,
        firstSeed: 1,
        plots: undefined,
      }
      return simulate.describe(await simulate.measure(flags, session()))
    },
  },
  micro: {
    plots: 0,
    page: () => {
      const figures = [{ name: 'permit', unit: 'permit', operations: 1, cpuNs: figure, wallNs: figure }]
      return micro.describe({ figures, ratios: [{ name: 'permit', ratio: 1.2 }] })
    },
  },
  memory: {
    plots: 1,
    page: () => {
      const run = { name: 'many', concurrency: 32, objects: 10, copied: 10, wallMs: 1, cpuPerObjectUs: 1 }
      const curve = [1, 2, 3].map((second) => ({ timeMs: second * 1000, residentBytes: second * 2 ** 26 }))
      const results = [{ ...run, peakMemoryBytes: 2 ** 27, curve, failure: null }]
      return memory.describe({ results })
    },
  },
  tune: {
    plots: 2,
    page: () => {
      const fitted = { latencyMs: 50, noise: 0.1, knee: 100, thrash: 0, wallPerSecond: null, objectBytes: 1 }
      const score = {
        name: 'defaults',
        candidate: lawDefaults,
        goodput: 0.99,
        load: 1.1,
        throttled: 0,
        front: true,
      }
      const scores = [score, { ...score, name: 'other', load: 1.5, front: false }]
      const probe = { bytesPerSecond: 1e6, p50Ms: 50, p90Ms: 60, throttledShare: 0 }
      const probes = [
        { ...probe, concurrency: 4, objectsPerSecond: 80 },
        { ...probe, concurrency: 64, objectsPerSecond: 900 },
      ]
      const found = { workload: 'small', probes, fitted, scores, confirmed: [candidate] }
      return tune.describe({ ...found, flags: [], gain: 0, reason: 'Leave them.', isVoid: false })
    },
  },
}

describe.skipIf(excused)('the report of every command, in a real Chromium', () => {
  let browser: Browser
  let folder: string

  beforeAll(async () => {
    browser = await launch()
    folder = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  })
  afterAll(async () => {
    await browser?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  test.each(Object.entries(pages))(
    '%s: draws its plots on a phone in the dark, without an error, a request or a sideways scroll',
    async (name, { page, plots }) => {
      const file = join(folder, `${name}.html`)
      const around = { conditions: 'Load 0.1.', facts: [], command: 'npx -y pnpm@12 bench' }
      await writeFile(file, await renderHtml(await page(), around))
      const address = pathToFileURL(file).href
      const { tab, errors, requests } = await openReport(browser, address, 360, 'dark')
      expect(await drawnPlots(tab)).toEqual(Array.from({ length: plots }, () => true))
      expect(errors).toEqual([])
      expect(requests).toEqual([address])
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      await tab.close()
    },
  )
})
