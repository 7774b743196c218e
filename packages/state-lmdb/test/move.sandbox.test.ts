import { expect, it } from 'vitest'
import { moveState } from '../src/index.js'
import { answers, open, temporaryDirectory } from './helpers.js'

const HERE = { source: 'https://s3.example.com/lake', destination: 's3://copy (eu-west-1) keys a/* to b/*' }

async function used(
  identity = HERE as { source: string; destination: string; shard?: string },
): Promise<string> {
  const directory = temporaryDirectory()
  const state = await open(directory, { identity })
  state.complete('a')
  await state.close()
  return directory
}

it.each([
  [{ ...HERE, source: 'https://vpce-1.s3.example.com/lake' }],
  [{ ...HERE, source: 'main/lake' }],
  [{ source: 's3://lake (us-east-1)', destination: 'https://proxy:9000/copy keys a/* to b/*' }],
])('a state is moved if the same buckets are at another address: %o', async (identity) => {
  const directory = await used()
  expect(await moveState({ directory, identity })).toEqual({ before: HERE, after: identity })
  expect(answers(await open(directory, { identity }), ['a'])).toEqual([1])
  await expect(open(directory, { identity: HERE })).rejects.toMatchObject({
    code: 'LAGOON_STATE_OTHER_JOB',
    hint: expect.stringContaining('`moveState`') as string,
  })
})

it.each([
  [{ ...HERE, source: 'https://s3.example.com/other' }],
  [{ ...HERE, destination: 's3://copy (eu-west-1)' }],
  [{ ...HERE, shard: '0/2 by key' }],
])('a state is not moved to another job: %o', async (identity) => {
  const directory = await used()
  await expect(moveState({ directory, identity })).rejects.toMatchObject({ code: 'LAGOON_STATE_OTHER_JOB' })
  await expect(open(directory, { identity: HERE })).resolves.toBeDefined()
})

it('without a state, nothing is moved or created', async () => {
  expect(await moveState({ directory: temporaryDirectory(), identity: HERE })).toBeNull()
})
