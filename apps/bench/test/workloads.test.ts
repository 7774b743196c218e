import { expect, test } from 'vitest'
import { keyOf, planWorkloads, workloads } from '../src/dataset/workloads.js'
import { median } from '../src/statistics.js'

test('a mixed workload is heavy-tailed: half under 8 KiB, the largest hundredth with a large share of the bytes', () => {
  const mixed = workloads.mixed
  const sizes = Array.from({ length: 20_000 }, (_, index) => mixed.sizeBytes(index, 1))
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const topHundredth = sizes.toSorted((a, b) => b - a).slice(0, 200)
  expect(median(sizes)).toBeLessThan(8 * 1024)
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(4 * 1024)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024 * 1024)
  expect(sum(topHundredth) / sum(sizes)).toBeGreaterThan(0.3)
})

test('sizes depend only on the seed', () => {
  const mixed = workloads.mixed
  expect(mixed.sizeBytes(7, 3)).toBe(mixed.sizeBytes(7, 3))
  expect(mixed.sizeBytes(7, 3)).not.toBe(mixed.sizeBytes(7, 4))
})

test('keys are distinct and under one prefix', () => {
  const keys = Array.from({ length: 1_000 }, (_, index) => keyOf(index))
  expect(new Set(keys).size).toBe(1_000)
  expect(keys.every((key) => key.startsWith('data/'))).toBe(true)
})

test('a plan counts the bytes of its objects', () => {
  expect(planWorkloads(['small', 'large'], 3, 1)).toMatchObject([
    { objects: 3, bytes: 3 * 32 * 1024 },
    { objects: 3, bytes: 3 * 256 * 1024 * 1024 },
  ])
})
