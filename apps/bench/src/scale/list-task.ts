import { Client } from 'undici'
import { createSigner } from '../s3/sign-request.js'
import { Clock } from './clock.js'
import type { ScaleAnswer, TaskOf } from './scale-tasks.js'

/** The yardstick of listing: signed requests one after the other, the answers looked at for keys to count and the next token alone. */
export async function list({ access, bucket }: TaskOf<'list'>): Promise<ScaleAnswer> {
  const client = new Client(access.url)
  const sign = createSigner(access)
  const clock = new Clock()
  clock.start()
  let keys = 0
  let token = ''
  do {
    const path = `/${bucket}`
    const query = `${token === '' ? '' : `continuation-token=${encodeURIComponent(token)}&`}encoding-type=url&list-type=2`
    const headers = sign({ method: 'GET', path, query })
    const answer = await client.request({ method: 'GET', path: `${path}?${query}`, headers })
    const page = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(`ListObjectsV2: ${answer.statusCode}`)
    keys += page.split('<Key>').length - 1
    token = /<NextContinuationToken>([^<]*)</.exec(page)?.[1] ?? ''
  } while (token !== '')
  clock.stop()
  await client.close()
  return { keys, ...clock.times }
}
