import { expect, test } from 'vitest'
import { parseNumber, parseSize } from '../src/options/parse-value.js'
import { resolveShard, withShard } from '../src/options/shard.js'
import { settingsOf } from './support/settings.js'

test.each([
  [{ shard: '3/16' }, {}, { index: 3, count: 16, by: 'key' }],
  [{ shard: ' 0/1 ', 'shard-by': 'row-group' }, {}, { index: 0, count: 1, by: 'row-group' }],
  [{ shard: 'auto' }, { JOB_COMPLETION_INDEX: '2', LAGOON_SHARDS: '4' }, { index: 2, count: 4, by: 'key' }],
  [
    { shard: 'auto' },
    { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '5', SLURM_ARRAY_TASK_COUNT: '4' },
    { index: 2, count: 4, by: 'key' },
  ],
  [
    { shard: 'auto' },
    {
      SLURM_ARRAY_TASK_ID: '10',
      SLURM_ARRAY_TASK_MIN: '0',
      SLURM_ARRAY_TASK_COUNT: '3',
      SLURM_ARRAY_TASK_STEP: '5',
    },
    { index: 2, count: 3, by: 'key' },
  ],
  [{}, { LAGOON_SHARD: '1/2' }, { index: 1, count: 2, by: 'key' }],
  [{}, {}, undefined],
])('%o with %o is the shard %o', (flags, environment, shard) => {
  expect(resolveShard(settingsOf(flags, environment))).toEqual(shard)
})

test.each([
  [{ shard: '16/16' }, {}, /^--shard is/],
  [{ shard: '-1/4' }, {}, /^--shard is/],
  [{ shard: '3' }, {}, /^--shard is/],
  [{ shard: '0/0' }, {}, /^--shard is/],
  [{ shard: 'auto' }, {}, /no variable says which shard/],
  [{ shard: 'auto' }, { JOB_COMPLETION_INDEX: '2' }, /no variable says which shard/],
  [
    { shard: 'auto' },
    { SLURM_ARRAY_TASK_ID: '9', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_COUNT: '3' },
    /task 9 of 3/,
  ],
  [{ 'shard-by': 'key' }, {}, /--shard is not/],
])('%o with %o is refused', (flags, environment, message) => {
  expect(() => resolveShard(settingsOf(flags, environment))).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    }),
  )
})

test('{shard} is replaced by the index, and refused without a shard', () => {
  expect(withShard('data/{shard}/{shard}', settingsOf({ shard: '3/16' }), '--data-dir')).toBe('data/3/3')
  expect(withShard('data', settingsOf({}), '--data-dir')).toBe('data')
  expect(() => withShard('data/{shard}', settingsOf({}), '--data-dir')).toThrow(/--shard is not set/)
})

test.each([
  ['10GB/16', 625_000_000],
  ['10GB/s/16', 625_000_000],
  ['10GB/16/s', 625_000_000],
  ['50MB/s', 50_000_000],
  ['1000', 1000],
])('a cap of %s is %d bytes per second for each process', (value, bytes) => {
  const range = { minimum: 1, maximum: 1e12, perSecond: true } as const
  expect(parseSize({ value, origin: '--max-bytes-per-second', from: 'flag' }, range)).toBe(bytes)
})

test.each([
  ['1000/16', 62],
  ['1000', 1000],
])('a cap of %s is %d requests per second for each process', (value, requests) => {
  const range = { kind: 'integer', minimum: 1, maximum: 1_000_000, perSecond: true } as const
  expect(parseNumber({ value, origin: 'x', from: 'flag' }, range)).toBe(requests)
  expect(() => parseNumber({ value: '1/16', origin: 'x', from: 'flag' }, range)).toThrow('x is "1/16"')
})
