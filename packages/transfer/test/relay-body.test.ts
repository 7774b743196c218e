import { expect, it } from 'vitest'
import { BufferPool } from '../src/buffer-pool.js'
import { RelayBody } from '../src/relay-body.js'

const source = { pause() {}, resume() {} } as never

function bodyInto(chunks: Buffer[], pool = new BufferPool(0)): RelayBody {
  const body = new RelayBody(source, pool)
  body.on('data', (chunk: Buffer) => chunks.push(chunk))
  return body
}

it('what the writer was given stays as it is, whatever happens to the chunk that came', () => {
  const given: Buffer[] = []
  const body = bodyInto(given)
  const window = Buffer.from('first')
  body.push(window)
  window.write('other')
  body.push(window)
  expect(given.map(String)).toEqual(['first', 'other'])
})

it('a buffer serves again once the writer wants more, and not before', () => {
  const given: Buffer[] = []
  const body = bodyInto(given)
  body.push(Buffer.from('one'))
  body.push(Buffer.from('two'))
  expect(given[1]!.buffer).not.toBe(given[0]!.buffer)
  body.resume()
  body.push(Buffer.from('three'))
  expect([given[0]!.buffer, given[1]!.buffer]).toContain(given[2]!.buffer)
})

it('a buffer that may not have been written is never used again', () => {
  const given: Buffer[] = []
  const pool = new BufferPool(0)
  const body = bodyInto(given, pool)
  body.push(Buffer.from('one'))
  body.destroy()
  bodyInto(given, pool).push(Buffer.from('two'))
  expect(given[1]!.buffer).not.toBe(given[0]!.buffer)
})

it('more chunks than serve again are left to the collector', () => {
  const given: Buffer[] = []
  const body = bodyInto(given)
  const push = (count: number) => {
    for (let index = 0; index < count; index++) body.push(Buffer.from('chunk'))
  }
  push(5)
  body.resume()
  push(5)
  const [first, ...kept] = given.slice(0, 5).map(({ buffer }) => buffer)
  const later = given.slice(5).map(({ buffer }) => buffer)
  expect(new Set(later.slice(0, 4))).toEqual(new Set(kept))
  expect(later).not.toContain(first)
})

it('a writer that is gone is given nothing more', () => {
  const given: Buffer[] = []
  const body = bodyInto(given)
  const heard: string[] = []
  for (const event of ['end', 'close', 'error']) body.on(event, () => heard.push(event))
  body.destroy(new Error('broken'))
  body.destroy()
  body.push(Buffer.from('one'))
  body.end()
  expect(given).toEqual([])
  expect(heard).toEqual(['error', 'close'])
})

it('a source that is held back goes on when the time is over and the writer wants more, whichever comes last', async () => {
  const { promise: resumed, resolve } = Promise.withResolvers<void>()
  const asked: string[] = []
  const held = {
    pause: () => asked.push('pause'),
    resume() {
      asked.push('resume')
      resolve()
    },
  } as never
  const early = new RelayBody(held, new BufferPool(0))
  early.hold(1)
  early.pause()
  early.resume()
  expect(asked).not.toContain('resume')
  await resumed
  const late = new RelayBody(held, new BufferPool(0))
  late.hold(1)
  late.pause()
  asked.length = 0
  const { promise: over, resolve: after } = Promise.withResolvers<void>()
  setTimeout(after, 1)
  await over
  expect(asked).toEqual([])
  late.resume()
  expect(asked).toEqual(['resume'])
})
