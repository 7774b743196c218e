// Compares the copier with a bare undici loop in one process, alternating: CPU an object as a ratio, which survives a busy machine.
//   node scripts/bench-copy.js [--objects 4000] [--size 32768] [--in-flight 32] [--rounds 5]
// Needs `minio` on the PATH and a built dist.
import { parseArgs } from 'node:util'
import { createCopier, createSimpleRunner } from '../dist/index.js'
import { createBareLoop } from './bare-loop.js'
import { startMinioPair } from './minio-pair.js'
import { fillBucket } from './fill-bucket.js'

const { values } = parseArgs({
  options: {
    objects: { type: 'string', default: '4000' },
    size: { type: 'string', default: '32768' },
    'in-flight': { type: 'string', default: '32' },
    rounds: { type: 'string', default: '5' },
  },
})
const count = Number(values.objects)
const inFlight = Number(values['in-flight'])

async function run(keys, copy) {
  const cpu = process.cpuUsage()
  const started = performance.now()
  let next = 0
  async function worker() {
    while (next < keys.length) await copy(keys[next++])
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  const { user, system } = process.cpuUsage(cpu)
  return { cpuUs: (user + system) / keys.length, ms: performance.now() - started }
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
}

function side({ url, credentials }, bucket) {
  return { endpointUrl: url, region: 'us-east-1', bucket, credentials, proxy: 'none' }
}

const servers = await startMinioPair()
try {
  const source = side(servers.source, 'bench-source')
  const destination = side(servers.destination, 'bench-destination')
  const keys = await fillBucket(source, destination, count, Number(values.size))
  const copier = createCopier({ source, destination })
  const runner = createSimpleRunner()
  const bare = createBareLoop(source, destination, 1024)
  async function copyOne(key) {
    const result = await copier.copy({ key }, runner)
    if (!result.ok) throw new Error(result.failure.message)
  }
  await run(keys.slice(0, count / 4), bare.copy)
  await run(keys.slice(0, count / 4), copyOne)
  const rounds = []
  for (let round = 0; round < Number(values.rounds); round++)
    rounds.push({ bare: await run(keys, bare.copy), copier: await run(keys, copyOne) })
  for (const { bare: b, copier: c } of rounds)
    console.log(
      `bare ${b.cpuUs.toFixed(0)} µs, ${b.ms.toFixed(0)} ms   copier ${c.cpuUs.toFixed(0)} µs, ${c.ms.toFixed(0)} ms   ratio ${(c.cpuUs / b.cpuUs).toFixed(3)}`,
    )
  const bareUs = median(rounds.map((round) => round.bare.cpuUs))
  const copierUs = median(rounds.map((round) => round.copier.cpuUs))
  console.log(
    `median: bare ${bareUs.toFixed(0)} µs, copier ${copierUs.toFixed(0)} µs, ratio ${(copierUs / bareUs).toFixed(3)}; ${Math.round(process.resourceUsage().maxRSS / 1024)} MB peak`,
  )
  await Promise.all([copier.close(), bare.close()])
} finally {
  await servers.stop()
}
