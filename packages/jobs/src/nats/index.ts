export { connectNats } from './connect.js'
export type { NatsEngine, NatsReport } from './engine.js'
export { operatorPermissions, workerPermissions, type NatsPermissions } from './names.js'
export type { NatsOptions } from './options.js'
