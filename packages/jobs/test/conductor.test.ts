import { expect, test } from 'vitest'
import { startConducted, type Conducted, type Decide, type Share } from '../src/index.js'
import { createWorld, type World } from './harness.js'

interface Sample {
  readonly demand: number
}

/** A limit that grows by one each round, divided evenly; smaller demands are met. */
const divide: Decide<Sample> = ({ samples, state }) => {
  const limit = ((state as { limit: number } | null)?.limit ?? 10) + 1
  const share = Math.floor(limit / samples.size)
  return {
    shares: new Map([...samples].map(([worker, { demand }]) => [worker, { limit: Math.min(share, demand) }])),
    state: { limit },
  }
}

async function conduct(world: World, name: string, shares: Share[] = []) {
  const { engine, job } = await world.join(name)
  const conducted: Conducted<Sample> = startConducted<Sample>(job, {
    worker: name,
    decide: divide,
    onShare: (share) => shares.push(share),
  })
  const over = new AbortController()
  const report = async (): Promise<void> => {
    while (!over.signal.aborted) {
      conducted.report({ demand: 1e6 })
      await world.clock.sleep(1000)
    }
  }
  void report()
  return {
    engine,
    job,
    conducted,
    shares,
    kill: () => {
      over.abort()
      engine.kill()
    },
  }
}

test('one worker conducts, and each gets a share of one limit', async () => {
  const world = createWorld()
  const workers = [await conduct(world, 'a'), await conduct(world, 'b'), await conduct(world, 'c')]
  await world.clock.advance(10_000)
  expect(workers.filter(({ conducted }) => conducted.conducting)).toHaveLength(1)
  const limits = workers.map(({ conducted }) => conducted.share!.limit)
  expect(new Set(limits).size).toBe(1)
  expect(limits[0]).toBeGreaterThan(4)
  expect(workers.map(({ conducted }) => conducted.standing)).toEqual(['conducted', 'conducted', 'conducted'])
})

test('a decision waits for all present workers, and not for one that is gone', async () => {
  const world = createWorld()
  const seen: number[] = []
  const { job } = await world.join('x')
  startConducted<Sample>(job, {
    worker: 'x',
    decide: ({ samples }) => {
      seen.push(samples.size)
      return { shares: new Map(), state: {} }
    },
  })
  const workers = [await conduct(world, 'a'), await conduct(world, 'b')]
  await world.clock.advance(6000)
  expect(seen.length).toBeGreaterThan(2)
  expect(new Set(seen)).toEqual(new Set([2]))
  workers[0]!.kill()
  await world.clock.advance(20_000)
  expect(seen.at(-1)).toBe(1)
})

test('another conductor takes over from a dead one and continues from its limit', async () => {
  const world = createWorld()
  const workers = [await conduct(world, 'a'), await conduct(world, 'b')]
  await world.clock.advance(20_000)
  const first = workers.find(({ conducted }) => conducted.conducting)!
  const other = workers.find((worker) => worker !== first)!
  const before = other.conducted.share!.limit
  first.kill()
  await world.clock.advance(9000)
  // The limit does not grow in the meantime.
  expect(other.conducted.share!.limit).toBeLessThanOrEqual(before + 1)
  await world.clock.advance(20_000)
  expect(other.conducted.conducting).toBe(true)
  const since = other.shares.slice(other.shares.findIndex(({ limit }) => limit > before + 1))
  expect(since[0]!.limit).toBeGreaterThan(before * 2 - 6)
})

test('without decisions a worker first keeps its limit, then decides alone', async () => {
  const world = createWorld()
  const { conducted, engine } = await conduct(world, 'a')
  expect(conducted.standing).toBe('alone')
  await world.clock.advance(5000)
  expect(conducted.standing).toBe('conducted')
  const share = conducted.share
  engine.cut()
  await world.clock.advance(11_000)
  expect(conducted.standing).toBe('quiet')
  await world.clock.advance(20_000)
  expect([conducted.standing, conducted.share]).toEqual(['alone', share])
  engine.heal()
  await world.clock.advance(20_000)
  expect(conducted.standing).toBe('conducted')
})

test('of two workers that both act as the conductor, the newer one counts', async () => {
  const world = createWorld()
  const { conducted, job } = await conduct(world, 'a')
  await world.clock.advance(5000)
  const limits = (term: number, limit: number): void =>
    job.channel.publish('limit', new TextEncoder().encode(JSON.stringify({ term, shares: { a: { limit } } })))
  limits(1_000_000, 77)
  expect(conducted.share).toEqual({ limit: 77 })
  limits(999_999, 5)
  await world.clock.advance(5000)
  expect(conducted.share).toEqual({ limit: 77 })
  // A restored engine issues smaller terms: after a silence they are accepted.
  await world.clock.advance(10_000)
  expect(conducted.share!.limit).not.toBe(77)
})

test('malformed messages are ignored', async () => {
  const world = createWorld()
  const { conducted, job } = await conduct(world, 'a')
  await world.clock.advance(5000)
  for (const text of ['', 'no json', '[]', '{"shares":null}', '{"worker":7,"sample":{}}']) {
    job.channel.publish('limit', new TextEncoder().encode(text))
    job.channel.publish('sample', new TextEncoder().encode(text))
  }
  await world.clock.advance(3000)
  expect(conducted.standing).toBe('conducted')
  await conducted.close()
})
