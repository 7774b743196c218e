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
