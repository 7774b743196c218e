import { parentPort, workerData } from 'node:worker_threads'
import { JobServer } from './job-server.js'
import type { ThreadStart, ToThread } from './messages.js'

/** What a thread that copies runs. */
const port = parentPort!
const server = new JobServer(workerData as ThreadStart, (report) => port.postMessage(report))
port.on('message', (messages: ToThread[]) => server.receive(messages))
