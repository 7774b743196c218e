import { expect, it } from 'vitest'
import { SizeWatch } from '../src/law/size-watch.js'

const KB = 1000

/** It has seen objects of exactly 100 kB for long, so that only less than a doubling is left to chance. */
function used(): SizeWatch {
  const watch = new SizeWatch()
  for (let n = 0; n < 200; n += 1) watch.judge(1000 * 100 * KB, 1000)
  return watch
}

it('objects of more than twice the size, or of less than half of it, are strange, and when they stay it has changed', () => {
  for (const factor of [2.01, 1 / 2.01]) {
    const watch = used()
    const judge = () => watch.judge(1000 * 100 * KB * factor, 1000)
    expect([judge(), judge(), judge()]).toEqual(['strange', 'changed', 'usual'])
  }
  for (const factor of [1.99, 1 / 1.99]) expect(used().judge(1000 * 100 * KB * factor, 1000)).toBe('usual')
})

it('a strange window between usual ones changes nothing', () => {
  const watch = used()
  const strange = () => watch.judge(1000 * 300 * KB, 1000)
  expect(strange()).toBe('strange')
  expect(watch.judge(1000 * 100 * KB, 1000)).toBe('usual')
  expect(strange()).toBe('strange')
})

it('fewer than eight objects, and objects without bytes, say nothing', () => {
  expect(used().judge(7 * 1e9, 7)).toBe('usual')
  expect(used().judge(8 * 1e9, 8)).toBe('strange')
  expect(used().judge(0, 1000)).toBe('usual')
})

it('of sizes that scatter, few objects of another mean are nothing strange', () => {
  const watch = new SizeWatch()
  watch.judge(16 * 100 * KB, 16)
  // At first a window of 16 may differ by a factor of e^2.5.
  expect(watch.judge(16 * 1200 * KB, 16)).toBe('usual')
  const other = new SizeWatch()
  other.judge(16 * 100 * KB, 16)
  expect(other.judge(16 * 1230 * KB, 16)).toBe('strange')
})

it('what is usual follows slowly', () => {
  const watch = used()
  for (let n = 0; n < 100; n += 1) expect(watch.judge(1000 * 190 * KB, 1000)).toBe('usual')
  expect(watch.judge(1000 * 300 * KB, 1000)).toBe('usual')
})
