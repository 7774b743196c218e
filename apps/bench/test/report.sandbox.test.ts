import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare } from '../src/commands/compare.js'
import { conditionsOf } from '../src/environment.js'
import { scriptData } from '../src/report/html.js'
import type { Report } from '../src/report/report.js'
import { renderHtml } from '../dist/report/html.js'
import { drawnPlots, excused, launch, openReport } from './chromium.js'
import { copyFindings, environment } from './samples.js'

const hostile = `</script><img src=x onerror="alert(1)">&'`

const compared = compare.describe(copyFindings())

/** A page with every kind of section. */
const page: Report = {
  ...compared,
  sections: [
    ...compared.sections,
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
      whyEmpty: 'there is something to draw.',
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
      whyEmpty: 'there is something to draw.',
    },
    { type: 'table', title: 'folded', header: ['a'], rows: [[hostile]], folded: true },
    {
      type: 'lines',
      title: 'nothing',
      x: { label: 'seconds', values: [1] },
      axes: { left: 'MiB' },
      lines: [{ label: 'resident', axis: 'left', values: [5] }],
      whyEmpty: 'the run was over within a second.',
    },
  ],
}

const render = (): Promise<string> =>
  renderHtml(page, {
    conditions: conditionsOf(environment, 0.12),
    facts: [],
    command: 'npx -y pnpm@12 bench',
  })

test('a report loads nothing from outside, and its data cannot become markup', async () => {
  const html = await render()
  expect(html).not.toMatch(/(src|href)="?https?:/)
  expect(html).not.toContain('<img src=x')
  expect(html).toContain(`default-src 'none'`)
})

test('data for a script element is the same after parsing, and cannot end the element', () => {
  const text = scriptData({ hostile, separator: '\u2028' })
  expect(text).not.toContain('</script')
  expect(JSON.parse(text)).toEqual({ hostile, separator: '\u2028' })
})

test('load and noise stand beside the finding, and a busy machine is reported', () => {
  expect(conditionsOf(environment, 0.12)).toBe(
    'Load 0.10 before and 2 after, 2 processors; other work took 2 % of them; repeats differ by up to 12 %.',
  )
  expect(conditionsOf({ ...environment, otherWork: 0.5 }, null)).toContain('The machine was busy')
})

test('a plot without two points says why there is nothing to draw', async () => {
  const html = await render()
  expect(html).toContain('Nothing to draw: the run was over within a second.')
  expect(html.match(/class="plot"/g)).toHaveLength(2)
})

describe.skipIf(excused)('in a real Chromium', () => {
  let browser: Browser
  let folder: string
  let address: string

  beforeAll(async () => {
    browser = await launch()
    folder = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
    const file = join(folder, 'report.html')
    await writeFile(file, await render())
    address = pathToFileURL(file).href
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

  test('dark and light have different backgrounds, and changing the setting redraws the plots', async () => {
    const { tab } = await open(800, 'light')
    const ground = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await tab.emulateMedia({ colorScheme: 'dark' })
    expect(await ground()).not.toBe(light)
    expect(await drawnPlots(tab)).toEqual([true, true])
    await tab.close()
  })

  test('hovering over a plot shows the reason of the nearest decision', async () => {
    const { tab } = await open(800, 'light')
    await tab.locator('.plot .u-over').first().hover()
    await expect.poll(() => tab.locator('.reason').first().textContent()).toContain('16 → 32, ramp')
    await tab.close()
  })

  test('a table wider than a phone scrolls, and is marked until its end is visible', async () => {
    const { tab } = await open(320, 'light')
    const hint = tab.locator('.more').first()
    await expect.poll(() => hint.isVisible(), { timeout: 10_000 }).toBe(true)
    const box = tab.locator('.scroll').first()
    await box.evaluate((element) => element.scrollTo({ left: element.scrollWidth }))
    await expect.poll(() => hint.isVisible(), { timeout: 10_000 }).toBe(false)
    await tab.close()
    const wide = await open(1280, 'light')
    await expect.poll(() => wide.tab.locator('.more').first().isVisible(), { timeout: 10_000 }).toBe(false)
    await wide.tab.close()
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
