import { provideNats, type NatsServer } from '@lagoon/testkit'
import { afterAll, beforeAll } from 'vitest'
import { connectNats } from '../../src/nats/index.js'
import { engineContract } from './engine-contract.js'

let server: NatsServer
beforeAll(async () => {
  server = await provideNats()
})
afterAll(() => server.stop())

engineContract('NATS', () => connectNats({ servers: server.url }))
