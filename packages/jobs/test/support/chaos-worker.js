// One worker of a job over NATS, as a process that can be killed: `node chaos-worker.js URL ID LOG`. Each row takes some time and is logged
// when it is copied. `c 7` means that the outcomes of the first seven are confirmed, `l 3` that an item was lost with three unconfirmed
// ones, including those in flight. Exits with 0 when the job is over, with 143 after SIGTERM.
import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { joinJob, startWorker } from '@lagoon/jobs'
import { connectNats } from '@lagoon/jobs/nats'

const [url, id, log] = process.argv.slice(2)
const IN_FLIGHT = 16
const ROW_MS = 40

/** The server may be down. */
async function join() {
  for (;;) {
    try {
      return await joinJob(await connectNats({ servers: url }), { job: 'chaos' })
    } catch {
      await delay(100)
    }
  }
}

const job = await join()
// Checkpoints are this script's own, so that each is logged.
const worker = startWorker(job, { id, checkpointIntervalMs: 60_000, splitAfterMs: 1000 })
process.on('SIGTERM', () => worker.drain())

let copied = 0
let confirmed = 0
const note = (line) => appendFileSync(log, `${line}\n`)

/** Writes the item; what was copied before the write began is confirmed when it succeeds. */
async function confirm(write) {
  const before = copied
  if (await write().catch(() => false)) note(`c ${(confirmed = before)}`)
}

async function work(item) {
  const inFlight = new Set()
  item.signal.addEventListener('abort', () => {
    if (/lost/.test(item.signal.reason)) note(`l ${copied - confirmed + inFlight.size}`)
    confirmed = copied
  })
  const copy = async (row) => {
    await delay(ROW_MS)
    copied += 1
    note(`${item.manifest.key}:${row}`)
    item.settle(row, { outcome: 'copied', bytes: 1 })
  }
  const timer = setInterval(() => void confirm(() => item.checkpoint()), 200)
  for (let row = item.from; row < item.to; row += 1) {
    let admission = item.begin(row)
    while (admission === 'wait') {
      await item.ready()
      admission = item.begin(row)
    }
    if (admission === 'settled') continue
    if (admission !== 'begin') break
    const task = copy(row).finally(() => inFlight.delete(task))
    inFlight.add(task)
    if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight)
  }
  await Promise.all(inFlight)
  clearInterval(timer)
  if (!item.signal.aborted) await confirm(() => (item.complete ? item.finish() : item.release()))
}

note('c 0')
for (let item = await worker.next(); item !== null; item = await worker.next()) await work(item)
const code = worker.jobState === 'over' ? 0 : 143
await worker.close()
process.exit(code)
