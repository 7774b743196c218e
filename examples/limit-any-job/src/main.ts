// Runs 200 jobs that have nothing to do with S3: first at most eight at a time, then as many as a controller finds worth having.
import { adaptive, limit } from '@lagoon/aimd'
import { setTimeout as delay } from 'node:timers/promises'

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

// Where nobody knows the number, a controller measures the calls and moves the limit. A service that asks callers to slow down with an
// answer of its own is described to it by `classify`.
const tuned = adaptive(service, {
  maxConcurrency: 64,
  startConcurrency: 2,
  intervalMs: 20,
  classify: (outcome) => {
    if ('error' in outcome) return 'failed'
    return outcome.value === 'try again later' ? 'throttled' : 'succeeded'
  },
})
await Promise.all(pages.map((page) => tuned(page)))
console.log(`${pages.length} pages, the limit went from 2 to ${tuned.gate.limit}`)
