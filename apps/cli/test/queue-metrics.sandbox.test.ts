import { provideNats } from '@lagoon/testkit'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { findChromium, startChromium } from './support/chromium.js'
import { expectExit } from './support/expect-exit.js'
import { filledJob } from './support/filled-job.js'
import { startWithMetrics } from './support/start-with-metrics.js'

const chromium = findChromium()
// Where a run of the tests must be complete, a machine without Chromium fails instead of skipping.
const withoutBrowser = chromium === undefined && process.env.LAGOON_REQUIRE_CHROMIUM !== '1'

async function until(url: string, has: (body: string) => boolean): Promise<string> {
  for (;;) {
    const body = await (await fetch(url)).text()
    if (has(body)) return body
    await delay(50)
  }
}

/** A worker of a job of its own, with an object in flight until `end`. */
async function heldWorker() {
  const nats = await provideNats()
  onTestFinished(() => nats.stop())
  const job = await filledJob(4)
  const hold = job.source.hold({ operation: 'GetObject', key: 'data/3' })
  const name = `metrics-${crypto.randomUUID()}`
  const { url, done } = await startWithMetrics(job, {
    args: ['--queue', nats.url, '--job', name, '--concurrency', '2'],
  })
  await hold.arrived(1)
  return {
    name,
    url,
    async end() {
      hold.release()
      expectExit(await done, 0)
    },
  }
}

test('a worker serves the metrics of its whole job', async () => {
  const { name, url, end } = await heldWorker()
  const metrics = await until(`${url}/metrics`, (body) =>
    body.includes(`lagoon_job_workers{job="${name}"} 1\n`),
  )
  expect(metrics).toContain(`lagoon_job_rows_known{job="${name}"} `)
  expect(metrics).not.toContain('lagoon_state_bytes')
  const live = JSON.parse(await (await fetch(`${url}/live.json`)).text()) as { job: object }
  expect(live.job).toMatchObject({ job: name, workers: [{ pid: expect.any(Number), paused: false }] })
  await end()
})

test.skipIf(withoutBrowser)('the live page of a worker has a row for each worker of its job', async () => {
  const { name, url, end } = await heldWorker()
  const browser = await startChromium(chromium!)
  const page = await browser.newPage()
  await page.goto(`${url}/`)
  await page.waitForSelector('#workers td')
  const texts = (selector: string) =>
    page.$$eval(selector, (found) => found.map(({ textContent }) => textContent))
  expect(await texts('#stores')).toEqual([expect.stringContaining(`, job ${name}`)])
  expect(await texts('#workers tbody tr')).toHaveLength(1)
  await browser.close()
  await end()
})
