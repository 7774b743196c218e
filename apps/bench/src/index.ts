export { BenchError, type BenchErrorCode } from './errors.js'
export { main } from './main.js'
