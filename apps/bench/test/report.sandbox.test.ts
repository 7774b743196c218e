import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scriptData } from '../src/report/html.js'
import { copyPage } from '../src/report/copy-page.js'
import type { ReportPage } from '../src/report/page.js'
import { renderPage, saveReport } from '../dist/report/render-page.js'
import { drawnPlots, excused, launch, openReport } from './chromium.js'
import { copyResult } from './samples.js'

const hostile = `</script><img src=x onerror="alert(1)">&'`

/** A page with every kind of block. */
const page: ReportPage = {
  ...copyPage(copyResult()),
  blocks: [
    ...copyPage(copyResult()).blocks,
    {
      type: 'lines',
      title: `a run ${hostile}`,
      x: { label: 'seconds', values: [0, 1, 2, 3] },
      axes: { left: 'objects/s', right: 'in flight' },
      lines: [
        { label: 'objects/s', axis: 'left', values: [0, 800, 900, null] },
        { label: 'limit', axis: 'right', values: [16, 32, 32, 64], dashed: true },
      ],
      marks: [{ x: 1, kind: 'up', text: '16 → 32, ramp' }],
    },
    {
      type: 'scatter',
      title: 'a front',
      x: 'load',
      y: 'goodput',
      points: [
        { x: 1, y: 2, label: 'first', front: true },
        { x: 2, y: 1, label: 'second', front: false },
      ],
    },
    { type: 'table', title: 'folded', header: ['a'], rows: [[hostile]], folded: true },
  ],
}

test('a report needs nothing from outside and lets nothing in the data become markup', async () => {
  const html = await renderPage(page)
  expect(html).not.toMatch(/(src|href)="?https?:/)
  expect(html).not.toContain('<img src=x')
  expect(html).toContain(`default-src 'none'`)
})

test('data for a script element is the same after parsing, and cannot end the element', () => {
  const text = scriptData({ hostile, separator: '\u2028' })
  expect(text).not.toContain('</script')
  expect(JSON.parse(text)).toEqual({ hostile, separator: '\u2028' })
})

describe.skipIf(excused)('in a real Chromium', () => {
  let browser: Browser
  let folder: string
  let address: string

  beforeAll(async () => {
    browser = await launch()
    folder = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
    address = pathToFileURL(await saveReport(page, join(folder, 'report'))).href
  })
  afterAll(async () => {
    await browser?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const open = (width: number, scheme: 'light' | 'dark') => openReport(browser, address, width, scheme)

  test.each([
    ['a phone, dark', 320, 'dark'],
    ['a desk, light', 1280, 'light'],
  ] as const)(
    'on %s it draws every plot, without an error, a request or a sideways scroll',
    async (_, width, scheme) => {
      const { tab, errors, requests } = await open(width, scheme)
      expect(await drawnPlots(tab)).toEqual([true, true])
      expect(errors).toEqual([])
      expect(requests).toEqual([address])
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      await tab.close()
    },
  )

  test('dark and light have different grounds, and a change of setting redraws the plots', async () => {
    const { tab } = await open(800, 'light')
    const ground = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await tab.emulateMedia({ colorScheme: 'dark' })
    expect(await ground()).not.toBe(light)
    expect(await drawnPlots(tab)).toEqual([true, true])
    await tab.close()
  })

  test('pointing at a plot tells the reason of the nearest decision', async () => {
    const { tab } = await open(800, 'light')
    await tab.locator('.plot .u-over').first().hover()
    await expect.poll(() => tab.locator('.reason').first().textContent()).toContain('16 → 32, ramp')
    await tab.close()
  })

  test('the figures are there without the script: bars and tables are plain HTML', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const tab = await context.newPage()
    await tab.goto(address)
    expect(await tab.locator('.bar.own .value').first().textContent()).toBe('10')
    expect(await tab.locator('table').count()).toBeGreaterThanOrEqual(3)
    await context.close()
  })
})
