export { createManualClock, type ManualClock } from './manual-clock.js'
export type { MemoryConnection } from './memory-connection.js'
export {
  createMemoryEngine,
  createMemoryServer,
  type MemoryCall,
  type MemoryFault,
  type MemoryServer,
  type MemoryServerOptions,
  type MemorySnapshot,
} from './memory-server.js'
