import fc from 'fast-check'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { BufferPool } from '../src/relay/buffer-pool.js'
import { RelayBody } from '../src/relay/body.js'

/** The two connections as a test plays them. */
function relay({ pool = new BufferPool(0), sizeBytes = 1024, atOnce = false } = {}) {
  const given: Buffer[] = []
  const asked: string[] = []
  const source = {
    abort: () => asked.push('abort'),
    pause: () => asked.push('pause'),
    resume: () => asked.push('resume'),
  }
  const writer = {
    write(chunk: Uint8Array) {
      given.push(chunk as Buffer)
      return atOnce
    },
    end: () => asked.push('end'),
  }
  const body = new RelayBody(source, pool, sizeBytes)
  return { body, given, asked, source, writer }
}

it("the writer's data does not change, whatever happens to the received chunk", () => {
  const { body, given, writer } = relay()
  body.start(writer)
  const window = Buffer.from('first')
  body.push(window)
  window.write('other')
  expect(given.map(String)).toEqual(['first'])
})

it('a GET continues once the PUT has a connection', () => {
  const { body, asked, writer } = relay()
  expect(asked).toEqual([])
  body.start(writer)
  expect(asked).toEqual(['resume'])
})

it('an unsent chunk pauses the GET and keeps its buffer, no longer than necessary', () => {
  const { body, given, asked, writer } = relay()
  body.start(writer)
  body.push(Buffer.from('one'))
  expect(asked).toEqual(['resume', 'pause'])
  body.written()
  expect(asked).toEqual(['resume', 'pause', 'resume'])
  body.push(Buffer.from('two'))
  expect(given[1]!.buffer).toBe(given[0]!.buffer)
})

it('chunks that are sent immediately take one buffer and delay nothing', () => {
  const { body, given, asked, writer } = relay({ atOnce: true })
  body.start(writer)
  body.push(Buffer.from('one'))
  body.push(Buffer.from('two'))
  body.end()
  expect(given[1]!.buffer).toBe(given[0]!.buffer)
  expect(asked).toEqual(['resume', 'resume', 'end'])
})

it('a buffer that may not have been written is never reused', () => {
  const pool = new BufferPool(0)
  const one = relay({ pool })
  one.body.start(one.writer)
  one.body.push(Buffer.from('one'))
  one.body.stop()
  const two = relay({ pool })
  two.body.start(two.writer)
  two.body.push(Buffer.from('two'))
  expect(two.given[0]!.buffer).not.toBe(one.given[0]!.buffer)
})

it('a closed writer gets nothing more, and requests nothing more of the GET', () => {
  const { body, given, asked, writer } = relay()
  body.start(writer)
  body.push(Buffer.from('one'))
  body.stop()
  asked.length = 0
  body.push(Buffer.from('two'))
  body.written()
  body.end()
  expect(given).toHaveLength(1)
  expect(asked).toEqual([])
})

it('a paused source continues when both the time is over and the chunk was sent', async () => {
  const early = relay()
  const { promise: resumed, resolve } = Promise.withResolvers<void>()
  early.body.start(early.writer)
  early.source.resume = () => resolve() as never
  early.asked.length = 0
  early.body.hold(1)
  early.body.push(Buffer.from('one'))
  early.body.written()
  expect(early.asked).not.toContain('resume')
  await resumed
  const late = relay()
  late.body.start(late.writer)
  late.body.push(Buffer.from('one'))
  late.body.hold(1)
  late.asked.length = 0
  const { promise: over, resolve: after } = Promise.withResolvers<void>()
  setTimeout(after, 2)
  await over
  expect(late.asked).toEqual([])
  late.body.written()
  expect(late.asked).toEqual(['resume'])
})

const KIB = 1024

/** A large body over connections that have room to gather. */
function gathering(budgetBytes = 1024 * KIB) {
  const pool = new BufferPool(budgetBytes)
  const played = relay({ pool, sizeBytes: 1024 * KIB })
  played.body.start(played.writer)
  played.asked.length = 0
  return { pool, ...played }
}

it('TLS records are sent in one write once the event loop has received all of them', async () => {
  const { body, given, asked } = gathering()
  for (const text of ['one ', 'two ', 'three']) body.push(Buffer.from(text))
  expect(given).toEqual([])
  await turn()
  expect(given.map(String)).toEqual(['one two three'])
  expect(asked).toEqual([])
})

it('the GET continues while a buffer is sent, and is paused while there is still room', () => {
  const { body, given, asked } = gathering(512 * KIB)
  body.push(Buffer.alloc(64 * KIB, 'a'))
  expect(given).toHaveLength(1)
  for (let i = 0; i < 11; i++) body.push(Buffer.alloc(16 * KIB, 'b'))
  expect(asked).toEqual([])
  body.push(Buffer.alloc(16 * KIB, 'b'))
  expect(asked).toEqual(['pause'])
  for (let i = 0; i < 4; i++) body.push(Buffer.alloc(16 * KIB, 'b'))
  asked.length = 0
  body.written()
  expect(given.map((bytes) => bytes.length)).toEqual([64 * KIB, 256 * KIB])
  expect(asked).toEqual(['resume'])
})

it('data from before the PUT has a connection is sent first, even if it is the whole body', () => {
  const { body, given, asked, writer } = relay({ sizeBytes: 10, atOnce: true })
  body.push(Buffer.from('all '))
  body.push(Buffer.from('of it '))
  body.end()
  body.start(writer)
  expect(given.map(String)).toEqual(['all of it '])
  expect(asked.filter((one) => one === 'end')).toEqual(['end'])
})

it('a source that is paused twice resumes when both times are over', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { body, asked, writer } = relay({ atOnce: true })
  body.start(writer)
  body.hold(20)
  body.hold(1)
  asked.length = 0
  vi.advanceTimersByTime(19)
  expect(asked).toEqual([])
  vi.advanceTimersByTime(1)
  expect(asked).toEqual(['resume'])
})

it('data gathered at the end of a body is sent before the end is signalled', () => {
  const { body, given, asked } = gathering()
  body.push(Buffer.alloc(64 * KIB))
  body.push(Buffer.from('last'))
  body.end()
  expect(asked).toEqual(['resume'])
  body.written()
  expect(given.at(-1)!.toString()).toBe('last')
  expect(asked).toEqual(['resume', 'end'])
})

it('a body gathers less if the budget is nearly spent, and nothing if it is', () => {
  const pool = new BufferPool(700 * KIB)
  const reserved = Array.from({ length: 4 }, () => {
    relay({ pool, sizeBytes: 1024 * KIB })
    return pool.reservedBytes / KIB
  })
  expect(reserved).toEqual([512, 640, 640, 640])
})

it('every byte is sent once and in order, and the budget gets its buffers back', async () => {
  const step = fc.oneof(
    fc.record({ push: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 130 * KIB })) }),
    fc.constant('written' as const),
    fc.constant('turn' as const),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step),
      fc.constantFrom(0, 150, 300, 2048),
      fc.boolean(),
      async (steps, budget, atOnce) => {
        const pool = new BufferPool(budget * KIB)
        const left: Buffer[] = []
        let busy = false
        let paused = false
        let ended = false
        const body = new RelayBody(
          { abort() {}, pause: () => (paused = true), resume: () => (paused = false) },
          pool,
          1024 * KIB,
        )
        body.start({
          write(chunk) {
            expect(busy || ended).toBe(false)
            left.push(Buffer.from(chunk))
            busy = !atOnce
            return atOnce
          },
          end: () => (ended = true),
        })
        const hear = (): void => {
          if (!busy) return
          busy = false
          body.written()
        }
        const came: Buffer[] = []
        for (const [number, taken] of steps.entries()) {
          if (taken === 'written') hear()
          else if (taken === 'turn') await turn()
          else if (!paused) {
            const chunk = Buffer.alloc(taken.push, number)
            came.push(Buffer.from(chunk))
            body.push(chunk)
            chunk.fill(255)
          }
        }
        body.end()
        hear()
        hear()
        expect(ended).toBe(true)
        expect(Buffer.concat(left).equals(Buffer.concat(came))).toBe(true)
        body.stop()
        expect(pool.reservedBytes).toBe(0)
      },
    ),
    { numRuns: 300 },
  )
})
