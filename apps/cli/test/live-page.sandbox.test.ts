import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SyncEvent } from '@lagoon/sync'
import { expect, test } from 'vitest'
import { livePage } from '../src/metrics/live-page.js'
import { createLiveFeed, type LiveUpdate } from '../src/metrics/live-feed.js'
import type { ControlState } from '../src/output/live-file.js'
import { findChromium, startChromium } from './support/chromium.js'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'
import { startWithMetrics } from './support/start-with-metrics.js'

const artefacts = fileURLToPath(new URL('../../../artefacts', import.meta.url))
const chromium = findChromium()
// Where a run of the tests must be complete, a machine without Chromium fails instead of skipping.
const withoutBrowser = chromium === undefined && process.env.LAGOON_REQUIRE_CHROMIUM !== '1'

test('the page is one file and loads nothing from elsewhere', () => {
  const { html, policy } = livePage()
  expect(html).not.toMatch(/<(?:script|link|img|iframe)[^>]*\s(?:src|href)=/)
  expect(html).not.toContain('@nonce')
  expect(html).not.toContain('/* @')
  expect(html).toContain('uPlot')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("connect-src 'self'")
})

const control: ControlState = {
  pausedBy: [],
  limits: { minConcurrency: 16, maxConcurrency: 1024 },
  schedule: null,
  logLevel: 'INFO',
}

test('the feed keeps ten minutes of samples and the latest twenty failures of each code', () => {
  let time = 0
  const { note, snapshot } = createLiveFeed(
    () => control,
    () => (time += 1000),
  )
  for (let count = 1; count <= 700; count += 1) {
    const manifests = { completed: 0, skipped: 0, failed: 0 }
    note({ type: 'progress', completed: count, skipped: 0, failed: 0, planned: 0, manifests } as SyncEvent)
    note({ type: 'failure', key: `k${count}`, code: 'C', message: 'm' } as SyncEvent)
  }
  const { samples, lastFailures, failures, done } = snapshot()
  expect(samples).toHaveLength(600)
  expect(samples.at(-1)).toMatchObject({ completed: 700 })
  expect(done).toBe(700)
  expect(lastFailures).toHaveLength(20)
  expect(lastFailures[0]).toMatchObject({ key: 'k700' })
  expect(failures).toEqual([{ code: 'C', count: 700, keys: ['k700', 'k699', 'k698'] }])
})

test('a page receives every second and the end of the run, and nothing after it has left', () => {
  const { note, subscribe } = createLiveFeed(() => control)
  const heard: LiveUpdate[] = []
  const leave = subscribe((update) => heard.push(update))
  const manifests = { completed: 0, skipped: 0, failed: 0 }
  note({ type: 'progress', completed: 1, skipped: 0, failed: 0, planned: 0, manifests } as SyncEvent)
  note({ type: 'summary', reason: 'failures' } as SyncEvent)
  leave()
  note({ type: 'progress', completed: 2, skipped: 0, failed: 0, planned: 0, manifests } as SyncEvent)
  expect(heard.map(({ sample, ended }) => [sample?.completed ?? null, ended])).toEqual([
    [1, null],
    [null, 'failures'],
  ])
})

test.skipIf(withoutBrowser)(
  'a browser shows the run and how it ended, on phone and desktop, light and dark, without other requests',
  async () => {
    const hostile = '<img src=x onerror="document.title=1">'
    const job = await sandboxJob()
    await job.putObjects(['data/a', 'data/b'])
    await job.putKeys('manifest/m.parquet', ['data/a', hostile, 'data/b'])
    const hold = job.source.hold({ operation: 'GetObject', key: 'data/b' })
    const { url: base, done } = await startWithMetrics(job)
    const browser = await startChromium(chromium!)
    const page = await browser.newPage()
    const asked: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => void asked.push(request.url()))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => void complaints.push(String(error)))
    await page.goto(`${base}/`)
    await page.waitForSelector('#codes td')

    const texts = (selector: string) =>
      page.$$eval(selector, (found) => found.map(({ textContent }) => textContent))
    expect(await texts('#percent')).toEqual(['66 %'])
    expect(await texts('#counts')).toEqual(['2 of 3 objects have an outcome'])
    expect(await texts('#stores')).toEqual([expect.stringMatching(/ → .*, run 1$/)])
    expect(await texts('#phase')).toEqual(['copying'])
    expect(await texts('#codes td')).toEqual(['NoSuchKey', '1', hostile])
    expect(await texts('#last-failures td')).toEqual([hostile, 'NoSuchKey', expect.any(String)])
    expect(await texts('#manifests td')).toEqual([
      expect.stringContaining('manifest/m.parquet'),
      'opened',
      '3',
    ])
    expect(await page.$$('img')).toEqual([])
    const labels = await page.$$eval('[role=img]', (found) =>
      found.map((element) => element.getAttribute('aria-label')),
    )
    expect(labels).toHaveLength(5)
    expect(labels[2]).toMatch(/^Concurrency: now limit \d+, in flight 1$/)
    expect(labels[3]).toMatch(/^Time to first byte at the source: now median (?:unknown|[\d.]+ ms), /)

    expectExit(await job.run(['ctl', 'pause']), 0)
    await page.waitForSelector('#phase:text("paused by the operator")')
    expectExit(await job.run(['ctl', 'resume']), 0)
    await page.waitForSelector('#phase:text("copying")')

    mkdirSync(artefacts, { recursive: true })
    const colours: unknown[] = []
    for (const width of [390, 768, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        colours.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
        // Nothing sticks out to the side.
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
        await page.screenshot({ path: `${artefacts}/live-page-${width}-${colorScheme}.png`, fullPage: true })
      }
    }
    expect(new Set(colours)).toEqual(new Set(['rgb(246, 248, 250)', 'rgb(13, 17, 23)']))
    expect(complaints).toEqual([])
    expect([...new Set(asked.map((address) => new URL(address).origin))]).toEqual([base])
    hold.release()
    expectExit(await done, 3)
    // What was shown stays readable, and says how the run ended.
    await page.waitForSelector('#phase:text("finished with failures")')
    expect(await texts('#percent')).toEqual(['100 %'])
  },
)
