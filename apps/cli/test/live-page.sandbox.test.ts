import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SyncEvent } from '@lagoon/sync'
import { expect, test } from 'vitest'
import { livePage } from '../src/metrics/live-page.js'
import { createLiveSeries } from '../src/metrics/live-series.js'
import { findChromium, startChromium } from './support/chromium.js'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'
import { startWithMetrics } from './support/start-with-metrics.js'

const artefacts = fileURLToPath(new URL('../../../artefacts', import.meta.url))
const chromium = findChromium()
// Where a run of the tests must be complete, a machine without Chromium fails instead of skipping.
const withoutBrowser = chromium === undefined && process.env.LAGOON_REQUIRE_CHROMIUM !== '1'

test('the page is one file: it loads nothing from anywhere', () => {
  const { html, policy } = livePage()
  expect(html).not.toMatch(/<(?:script|link|img|iframe)[^>]*\s(?:src|href)=/)
  expect(html).not.toContain('@nonce')
  expect(html).not.toContain('/* @')
  expect(html).toContain('uPlot')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("connect-src 'self'")
})

test('the series keeps ten minutes and twenty failures, the newest of each', () => {
  let time = 0
  const { note, read } = createLiveSeries(() => (time += 1000))
  for (let count = 1; count <= 700; count += 1) {
    note({ type: 'progress', completed: count } as SyncEvent)
    note({ type: 'failure', key: `k${count}`, code: 'C', message: 'm' } as SyncEvent)
  }
  const { samples, failures } = read()
  expect(samples).toHaveLength(600)
  expect(samples.at(-1)).toMatchObject({ completed: 700, time: 700_000 })
  expect(failures).toHaveLength(20)
  expect(failures[0]).toMatchObject({ key: 'k700' })
})

test.skipIf(withoutBrowser)(
  'a browser shows the run as it goes on, in light and dark, and asks nobody else for anything',
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
    await page.waitForSelector('#failures td')

    const texts = (selector: string) =>
      page.$$eval(selector, (found) => found.map(({ textContent }) => textContent))
    expect(await texts('#what')).toEqual([expect.stringContaining('2 of 3 (66 %) objects')])
    expect(await texts('#state')).toEqual(['copying'])
    expect((await texts('dd')).slice(0, 3)).toEqual(['1', '0', '1'])
    expect(await texts('#failures td')).toEqual([hostile, 'NoSuchKey', expect.any(String)])
    expect(await page.$$('img')).toEqual([])
    expect(await page.$$('canvas')).toHaveLength(5)
    const labels = await page.$$eval('[role=img]', (found) =>
      found.map((element) => element.getAttribute('aria-label')),
    )
    expect(labels).toHaveLength(5)
    expect(labels[2]).toMatch(/^Concurrency: now limit \d+, in flight 1$/)

    expect(labels[3]).toMatch(/^Time to the first byte at the source: now median (?:unknown|[\d.]+ ms), /)

    expectExit(await job.run(['ctl', 'pause']), 0)
    await page.waitForSelector('#state:text("paused: nothing new begins")')
    expectExit(await job.run(['ctl', 'resume']), 0)
    await page.waitForSelector('#state:text("copying")')

    mkdirSync(artefacts, { recursive: true })
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const colours: unknown[] = []
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      colours.push(await background())
      await page.screenshot({ path: `${artefacts}/live-page-${scheme}.png`, fullPage: true })
    }
    expect(colours).toEqual(['rgb(255, 255, 255)', 'rgb(13, 17, 23)'])
    expect(complaints).toEqual([])
    expect([...new Set(asked.map((address) => new URL(address).origin))]).toEqual([base])
    hold.release()
    expectExit(await done, 3)
  },
)
