import { createMemoryServer } from '../../src/memory/index.js'
import { engineContract } from './engine-contract.js'

const server = createMemoryServer()
engineContract('in memory', async () => server.connect())
