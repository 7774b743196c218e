// Runs 200 jobs that have nothing to do with S3: first at most eight at a time, then with the limit left to a controller.
import { createController, createGate, limit } from '@lagoon/aimd'
import { setTimeout as delay } from 'node:timers/promises'
import { Meter } from './meter.ts'

/** Stands for a request to a service that serves ten at a time and lets the others wait. */
const service = limit(async (page: number) => {
  await delay(2)
  return `page ${page}`
}, 10)

const pages = Array.from({ length: 200 }, (_, page) => page)

// A number is all it takes: `fetchPage` is `service`, of which at most eight run at once.
const fetchPage = limit(service, 8)
let most = 0
const texts = await Promise.all(
  pages.map(async (page) => {
    const text = await fetchPage(page)
    most = Math.max(most, fetchPage.gate.inFlight)
    return text
  }),
)
console.log(`${texts.length} pages, at most ${most} at a time`)

// Where nobody knows the number: measure what the jobs did in each window, and let the controller move the gate.
const controller = createController({ maxConcurrency: 64, startConcurrency: 2, intervalMs: 20 })
const gate = createGate(controller.limit)
const meter = new Meter()
const tuned = limit((page: number) => meter.measure(() => service(page)), gate)
const timer = setInterval(() => gate.resize(controller.update(meter.close()).limit), controller.intervalMs)
await Promise.all(pages.map(tuned))
clearInterval(timer)
console.log(`${pages.length} pages, the limit went from 2 to ${gate.limit}`)
